#include "provider/anthropic_answer.h"

#include <utility>

#include "base/json_reader.h"
#include "provider/chat_write.h"
#include "provider/json_out.h"
#include "provider/usage.h"

namespace pk::provider {

namespace {

ChatChoice choice_of(const JsonView& content, bool strict) {
  ChatChoice choice;
  choice.refusal = "";
  JsonOut blocks;
  blocks.begin_array();
  bool any_block = false;
  for (const JsonView block : content.items()) {
    const auto [type, text] = block.pick("type", "text");
    if (type.is("tool_use")) {
      choice.tool_calls.push_back(tool_call_of(block));
      continue;
    }
    if (type.is("text") && text.is_string()) append_json_unquoted(choice.content, text.json());
    if (strict) continue;
    blocks.json(block.json());
    any_block = true;
  }
  if (any_block) choice.content_blocks = blocks.end_array().take();
  return choice;
}

}  // namespace

std::string finish_reason_of(const std::string& stop_reason, bool strict) {
  if (!strict && !stop_reason.empty()) return stop_reason;
  if (stop_reason == "tool_use") return "tool_calls";
  if (stop_reason == "max_tokens" || stop_reason == "model_context_window_exceeded") return "length";
  if (stop_reason == "refusal") return "content_filter";
  return "stop";
}

void AnthropicUsage::take(const JsonView& usage) {
  const auto [input, output, cache_read, cache_write] =
      usage.pick("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens");
  const auto take_count = [](const JsonView& given, std::optional<std::int64_t>& place) {
    if (const auto count = given.count(k_tokens_max)) place = count;
  };
  take_count(input, m_input);
  take_count(output, m_output);
  take_count(cache_read, m_cache_read);
  take_count(cache_write, m_cache_write);
}

std::string AnthropicUsage::chat_usage() const {
  if (!m_input && !m_output) return "";
  const std::int64_t read = m_cache_read.value_or(0), written = m_cache_write.value_or(0);
  const std::int64_t prompt = m_input.value_or(0) + read + written;
  JsonOut usage;
  usage.begin_object();
  if (m_input) usage.number("prompt_tokens", prompt);
  if (m_output) usage.number("completion_tokens", *m_output);
  usage.number("total_tokens", (m_input ? prompt : 0) + m_output.value_or(0));
  if (m_cache_read) usage.begin_object("prompt_tokens_details").number("cached_tokens", read).end_object();
  if (read != 0) usage.number("cache_read_input_tokens", read);
  if (written != 0) usage.number("cache_creation_input_tokens", written);
  return usage.end_object().take();
}

ChatToolCall tool_call_of(const JsonView& tool_use) {
  const auto [id, name, input] = tool_use.pick("id", "name", "input");
  ChatToolCall call;
  call.id = id.text();
  call.name = name.text();
  if (input.is_object()) call.arguments = input.json();
  return call;
}

std::optional<std::string> message_to_chat(const JsonView& message, const AnswerFacts& facts) {
  const auto [id, model, content, stop_reason, counts] =
      message.pick("id", "model", "content", "stop_reason", "usage");
  if (!content.is_array()) return {};
  AnthropicUsage usage;
  usage.take(counts);
  ChatResult chat;
  chat.id = id.text_or(facts.id);
  chat.model = model.text();
  chat.choices.push_back(choice_of(content, facts.strict));
  chat.choices[0].finish_reason = finish_reason_of(stop_reason.text(), facts.strict);
  chat.usage_json = usage.chat_usage();
  return chat_completion(facts, chat);
}

}  // namespace pk::provider
