#include "provider/messages_answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_reader.h"
#include "base/text.h"
#include "provider/chat_form.h"
#include "provider/errors.h"
#include "provider/json_parts.h"

namespace pk::provider {

namespace {

constexpr std::string_view k_own_words[] = {"end_turn",
                                            "max_tokens",
                                            "stop_sequence",
                                            "tool_use",
                                            "pause_turn",
                                            "refusal",
                                            "model_context_window_exceeded"};
constexpr std::string_view k_no_completion = "the answer is no chat completion";

void append_text_block(ArrayWriter& blocks, std::string_view text) {
  ObjectWriter block(blocks.next());
  block.text("type", "text");
  block.text("text", text);
  block.end();
}

// A tool's input is an object: a model that wrote something else is quoted, not lost.
std::string input_of(const std::string& arguments) {
  if (trim(arguments).empty()) return "{}";
  if (JsonObject(arguments).ok()) return arguments;
  std::string out;
  ObjectWriter object(out);
  object.text("arguments", arguments);
  object.end();
  return out;
}

void append_tool_use(ArrayWriter& blocks, std::string_view call_text, std::string_view made_id) {
  const JsonObject call(call_text), function(call.raw("function"));
  const std::string id = call.text("id");
  ObjectWriter block(blocks.next());
  block.text("type", "tool_use");
  block.text("id", id.empty() ? made_id : std::string_view(id));
  block.text("name", function.text("name"));
  block.raw("input", input_of(function.text("arguments")));
  block.end();
}

// The blocks of a message; whether tools are among them.
bool append_content(std::string& out, const JsonObject& message, std::string_view id) {
  ArrayWriter blocks(out);
  const std::string text = chat_content_text(message.raw("content")), refusal = message.text("refusal");
  if (!text.empty()) append_text_block(blocks, text);
  if (!refusal.empty()) append_text_block(blocks, refusal);
  const auto calls = json_items(message.raw("tool_calls"));
  for (std::size_t i = 0; i < calls.size(); ++i)
    append_tool_use(blocks, calls[i], fmt::format("toolu_{}_{}", id, i));
  blocks.end();
  return !calls.empty();
}

std::string message_body(const JsonObject& chat, std::string_view text, const AnswerFacts& facts) {
  const auto choices = json_items(chat.raw("choices"));
  const JsonObject choice(choices.front());
  UsageReader usage;
  usage.read_body(text);
  const std::string id = chat.text("id"), model = chat.text("model");
  std::string out;
  ObjectWriter message(out);
  message.text("id", id.empty() ? facts.id : std::string_view(id));
  message.text("type", "message");
  message.text("role", "assistant");
  message.text("model", model.empty() ? facts.model : std::string_view(model));
  const bool calls = append_content(message.key("content"), JsonObject(choice.raw("message")), facts.id);
  message.text("stop_reason", stop_reason_of(choice.text("finish_reason"), calls));
  message.raw("stop_sequence", "null");
  message.raw("usage", messages_usage(usage.usage()));
  message.end();
  return out;
}

}  // namespace

std::string stop_reason_of(const std::string& finish_reason, bool calls_tools) {
  if (finish_reason == "length") return "max_tokens";
  if (finish_reason == "content_filter") return "refusal";
  if (finish_reason == "tool_calls" || finish_reason == "function_call") return "tool_use";
  const bool own = std::ranges::find(k_own_words, finish_reason) != std::end(k_own_words);
  if (own && finish_reason != "end_turn") return finish_reason;
  return calls_tools ? "tool_use" : "end_turn";
}

std::string messages_usage(const Usage& usage) {
  const std::int64_t cached = usage.cached_tokens.value_or(0), written = usage.cache_write_tokens.value_or(0);
  const std::int64_t input = usage.prompt_tokens.value_or(0) - cached - written;
  std::string out;
  ObjectWriter object(out);
  object.number("input_tokens", std::max<std::int64_t>(0, input));
  if (usage.cache_write_tokens) object.number("cache_creation_input_tokens", written);
  if (usage.cached_tokens) object.number("cache_read_input_tokens", cached);
  object.number("output_tokens", usage.completion_tokens.value_or(0));
  object.end();
  return out;
}

std::string chat_content_text(std::string_view content) {
  std::string text = is_string(content) ? json_unquoted(content) : std::string();
  for (const std::string_view part : json_items(content)) text += JsonObject(part).text("text");
  return text;
}

std::string messages_error(std::string_view slug, std::string_view upstream) {
  return shape_messages_error(slug, 200, "application/json", upstream);
}

MessagesAnswer chat_to_message(std::string_view given, const AnswerFacts& facts) {
  std::string room;
  const std::string_view text = as_one_line(given, room);
  const JsonObject chat(text);
  if (chat.has("error")) return {messages_error(facts.provider, text), error_text(text)};
  if (json_items(chat.raw("choices")).empty())
    return {messages_error(facts.provider, broken_answer_error(facts.provider, k_no_completion)),
            std::string(k_no_completion)};
  return {message_body(chat, text, facts), ""};
}

}  // namespace pk::provider
