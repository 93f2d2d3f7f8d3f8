#include "provider/messages_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/json_reader.h"
#include "base/text.h"

namespace pk::provider {

namespace {

constexpr std::string_view k_own_words[] = {"end_turn",
                                            "max_tokens",
                                            "stop_sequence",
                                            "tool_use",
                                            "pause_turn",
                                            "refusal",
                                            "model_context_window_exceeded"};

void append_text_block(JsonOut& out, std::string_view text) {
  if (!text.empty()) out.begin_object().text("type", "text").text("text", text).end_object();
}

// A tool's input is an object: a model that wrote something else is quoted, not lost.
void append_input(JsonOut& out, const std::string& arguments) {
  if (trim(arguments).empty())
    out.json("{}");
  else if (JsonView::checked(arguments).is_object())
    out.json(arguments);
  else
    out.begin_object().text("arguments", arguments).end_object();
}

void append_tool_use(JsonOut& out, const JsonView& call, std::string_view made_id) {
  const auto [id, function] = call.pick("id", "function");
  const auto [name, arguments] = function.pick("name", "arguments");
  out.begin_object().text("type", "tool_use").text("id", id.text_or(made_id)).text("name", name.text());
  append_input(out.key("input"), arguments.text());
  out.end_object();
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
  JsonOut out;
  out.begin_object().number("input_tokens", std::max<std::int64_t>(0, input));
  if (usage.cache_write_tokens) out.number("cache_creation_input_tokens", written);
  if (usage.cached_tokens) out.number("cache_read_input_tokens", cached);
  return out.number("output_tokens", usage.completion_tokens.value_or(0)).end_object().take();
}

std::string chat_content_text(const JsonView& content) {
  std::string text = content.text();
  for (const JsonView part : content.items()) text += part["text"].text();
  return text;
}

void append_message_head(JsonOut& out, const JsonView& chat, const AnswerFacts& facts) {
  const auto [id, model] = chat.pick("id", "model");
  out.text("id", id.text_or(facts.id)).text("type", "message").text("role", "assistant");
  out.text("model", model.text_or(facts.model));
}

std::string tool_use_id(const AnswerFacts& facts, std::size_t index) {
  return fmt::format("toolu_{}_{}", facts.id, index);
}

std::optional<std::string> chat_to_message(const JsonView& chat, const AnswerFacts& facts) {
  const JsonView choice = chat["choices"].first_item();
  if (choice.is_absent()) return {};
  const auto [given, finish_reason] = choice.pick("message", "finish_reason");
  const auto [content, refusal, calls] = given.pick("content", "refusal", "tool_calls");
  JsonOut out;
  append_message_head(out.begin_object(), chat, facts);
  out.begin_array("content");
  append_text_block(out, chat_content_text(content));
  append_text_block(out, refusal.text());
  std::size_t index = 0;
  for (const JsonView call : calls.items()) append_tool_use(out, call, tool_use_id(facts, index++));
  out.end_array().text("stop_reason", stop_reason_of(finish_reason.text(), index > 0));
  UsageReader usage;
  usage.read_body(chat.json());
  return out.json("stop_sequence", "null").json("usage", messages_usage(usage.usage())).end_object().take();
}

}  // namespace pk::provider
