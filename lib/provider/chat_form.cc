#include "provider/chat_form.h"

#include <fmt/format.h>

#include "provider/json_parts.h"

namespace pk::provider {

namespace {

void write_envelope(ObjectWriter& body, const ChatEnvelope& envelope, std::string_view object) {
  body.text("id", envelope.id);
  body.text("object", object);
  body.number("created", envelope.created_s);
  body.text("model", envelope.model);
  body.text("provider", envelope.provider);
}

void write_choice(ObjectWriter& body, std::string_view part, std::string_view value,
                  std::string_view finish_reason) {
  ArrayWriter choices(body.key("choices"));
  ObjectWriter choice(choices.next());
  choice.number("index", 0);
  choice.raw(part, value);
  choice.raw("logprobs", "null");
  if (finish_reason.empty())
    choice.raw("finish_reason", "null");
  else
    choice.text("finish_reason", finish_reason);
  choice.end();
  choices.end();
}

void append_completion(std::string& out, const ChatEnvelope& envelope, std::string_view object,
                       std::string_view part, std::string_view value, std::string_view finish_reason,
                       std::string_view usage) {
  ObjectWriter body(out);
  write_envelope(body, envelope, object);
  write_choice(body, part, value, finish_reason);
  if (!usage.empty()) body.raw("usage", usage);
  body.end();
}

}  // namespace

std::string chat_body(const ChatEnvelope& envelope, std::string_view message, std::string_view finish_reason,
                      std::string_view usage) {
  std::string out;
  append_completion(out, envelope, "chat.completion", "message", message, finish_reason, usage);
  return out;
}

void append_chat_chunk(std::string& out, const ChatEnvelope& envelope, std::string_view delta,
                       std::string_view finish_reason, std::string_view usage) {
  out += "data: ";
  append_completion(out, envelope, "chat.completion.chunk", "delta", delta, finish_reason, usage);
  out += "\n\n";
}

void append_chat_error(std::string& out, std::string_view error) {
  out.append("data: ").append(error).append("\n\n");
}

std::string broken_answer_error(std::string_view slug, std::string_view reason) {
  std::string out;
  ObjectWriter body(out);
  ObjectWriter error(body.key("error"));
  error.text("message", fmt::format("{} error: {}", slug, reason));
  error.text("type", "upstream_error");
  error.raw("param", "null");
  error.raw("code", "null");
  error.end();
  body.text("provider", slug);
  body.end();
  return out;
}

}  // namespace pk::provider
