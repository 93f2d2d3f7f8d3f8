#include "provider/anthropic_answer.h"

#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "provider/chat_form.h"
#include "provider/errors.h"
#include "provider/usage.h"

namespace pk::provider {

namespace {

constexpr std::string_view k_no_message = "the answer is no message";

// The parts of a chat message, as a message's blocks fill them.
class MessageParts {
 public:
  void take(std::string_view text) {
    const JsonObject block(text);
    const std::string type = block.text("type");
    if (type == "tool_use")
      add_call(block);
    else
      m_blocks.next() += text;
    if (type != "text") return;
    m_has_text = true;
    append_json_unquoted(m_content, is_string(block.raw("text")) ? block.raw("text") : "");
  }

  std::string message(bool strict) && {
    m_calls.end();
    m_blocks.end();
    std::string out;
    ObjectWriter message(out);
    message.text("role", "assistant");
    if (m_has_text || m_calls.empty())
      message.text("content", m_content);
    else
      message.raw("content", "null");
    if (!m_calls.empty()) message.raw("tool_calls", m_calls_text);
    if (!strict && !m_blocks.empty()) message.raw("content_blocks", m_blocks_text);
    message.end();
    return out;
  }

 private:
  void add_call(const JsonObject& block) {
    ObjectWriter call(m_calls.next());
    call.text("id", block.text("id"));
    call.text("type", "function");
    ObjectWriter function(call.key("function"));
    function.text("name", block.text("name"));
    function.text("arguments", is_object(block.raw("input")) ? block.raw("input") : "{}");
    function.end();
    call.end();
  }

  std::string m_content, m_calls_text, m_blocks_text;
  ArrayWriter m_calls{m_calls_text}, m_blocks{m_blocks_text};
  bool m_has_text = false;
};

}  // namespace

std::string finish_reason_of(const std::string& stop_reason, bool strict) {
  if (!strict && !stop_reason.empty()) return stop_reason;
  if (stop_reason == "tool_use") return "tool_calls";
  if (stop_reason == "max_tokens" || stop_reason == "model_context_window_exceeded") return "length";
  if (stop_reason == "refusal") return "content_filter";
  return "stop";
}

void AnthropicUsage::take(std::string_view text) {
  const JsonObject usage(text);
  const auto take = [&](std::string_view name, std::optional<std::int64_t>& place) {
    if (const auto count = usage.count(name, k_tokens_max)) place = count;
  };
  take("input_tokens", m_input);
  take("output_tokens", m_output);
  take("cache_read_input_tokens", m_cache_read);
  take("cache_creation_input_tokens", m_cache_write);
}

std::string AnthropicUsage::chat_usage() const {
  if (!m_input && !m_output) return "";
  const std::int64_t read = m_cache_read.value_or(0), written = m_cache_write.value_or(0);
  const std::int64_t prompt = m_input.value_or(0) + read + written;
  std::string out;
  ObjectWriter usage(out);
  if (m_input) usage.number("prompt_tokens", prompt);
  if (m_output) usage.number("completion_tokens", *m_output);
  usage.number("total_tokens", (m_input ? prompt : 0) + m_output.value_or(0));
  if (m_cache_read) {
    ObjectWriter details(usage.key("prompt_tokens_details"));
    details.number("cached_tokens", read);
    details.end();
  }
  if (read != 0) usage.number("cache_read_input_tokens", read);
  if (written != 0) usage.number("cache_creation_input_tokens", written);
  usage.end();
  return out;
}

ChatAnswer message_to_chat(std::string_view given, const AnswerFacts& facts) {
  std::string room;
  const std::string_view text = as_one_line(given, room);
  const JsonObject message(text);
  if (message.has("error")) {
    std::string error = error_text(text);
    return {shape_error(facts.provider, 200, "application/json", text), std::move(error)};
  }
  if (!is_array(message.raw("content")))
    return {broken_answer_error(facts.provider, k_no_message), std::string(k_no_message)};

  MessageParts parts;
  for (const std::string_view block : json_items(message.raw("content"))) parts.take(block);
  AnthropicUsage usage;
  usage.take(message.raw("usage"));
  const auto or_else = [](std::string own, std::string_view other) {
    return own.empty() ? std::string(other) : own;
  };
  const ChatEnvelope envelope{or_else(message.text("id"), facts.id),
                              or_else(message.text("model"), facts.model), std::string(facts.provider),
                              facts.now_s};
  return {chat_body(envelope, std::move(parts).message(facts.strict),
                    finish_reason_of(message.text("stop_reason"), facts.strict), usage.chat_usage()),
          ""};
}

}  // namespace pk::provider
