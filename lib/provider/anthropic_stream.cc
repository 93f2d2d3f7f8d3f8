#include "provider/anthropic_stream.h"

#include <algorithm>
#include <utility>

#include "provider/json_out.h"

namespace pk::provider {

namespace {

constexpr std::int64_t k_block_index_max = 1'000'000;
constexpr AnswerWords k_words{"the answer is no message", "", "the stream ended before message_stop"};

// {"type":"thinking_delta","thinking":"…"} without its type, as Portkey's gateway gives it.
void append_without_type(JsonOut& out, const JsonView& own) {
  const auto [text, thinking, signature, data, citation] =
      own.pick("text", "thinking", "signature", "data", "citation");
  out.begin_object().given("text", text).given("thinking", thinking).given("signature", signature);
  out.given("data", data).given("citation", citation).end_object();
}

}  // namespace

AnthropicDecoder::AnthropicDecoder(const AnswerFacts& facts)
    : SseDecoder(facts, k_words), m_chunks(facts, R"("logprobs":null,)") {
  m_chunks.name(facts.id, "");
}

std::optional<std::string> AnthropicDecoder::translated(const JsonView& message) {
  return message_to_chat(message, facts());
}

void AnthropicDecoder::event(const JsonView& data, std::string& out) {
  const auto [type, place, delta, block, usage, message] =
      data.pick("type", "index", "delta", "content_block", "usage", "message");
  const std::int64_t index = place.count(k_block_index_max).value_or(0);
  if (type.is("content_block_delta")) return grow_block(index, delta, out);
  if (type.is("content_block_start")) return start_block(index, block, out);
  if (type.is("content_block_stop")) return stop_block(index, out);
  if (type.is("message_start")) return start_message(message, out);
  if (type.is("message_stop")) return stop_message(out);
  if (type.is("error")) return upstream_error(data.json(), out);
  if (!type.is("message_delta")) return;
  m_usage.take(usage);
  change_message(delta, out);
}

// Only message_stop is an end.
bool AnthropicDecoder::end(std::string&) {
  return false;
}

void AnthropicDecoder::start_message(const JsonView& message, std::string& out) {
  const auto [id, model, usage] = message.pick("id", "model", "usage");
  m_chunks.name(id.text(), model.text());
  m_usage.take(usage);
  m_chunks.open(0, out);
}

void AnthropicDecoder::start_block(std::int64_t index, const JsonView& block, std::string& out) {
  const auto [type, text] = block.pick("type", "text");
  if (type.is("tool_use")) return start_call(index, block, out);
  append_content(index, type.is("text") ? text : JsonView(), block, out);
}

void AnthropicDecoder::grow_block(std::int64_t index, const JsonView& delta, std::string& out) {
  const auto [type, text, arguments] = delta.pick("type", "text", "partial_json");
  if (type.is("input_json_delta")) return grow_call(index, arguments.text(), out);
  append_content(index, type.is("text_delta") ? text : JsonView(), delta, out);
}

void AnthropicDecoder::stop_block(std::int64_t index, std::string& out) {
  const std::size_t call = call_of(index);
  if (call == m_calls.size()) return;
  const std::string input = std::exchange(m_calls[call].input, {});
  if (!m_calls[call].streamed) grow_call(index, input, out);
}

void AnthropicDecoder::change_message(const JsonView& delta, std::string& out) {
  const std::string reason = delta["stop_reason"].text();
  if (!reason.empty() && !m_finish_sent) append_finish(reason, out);
}

void AnthropicDecoder::stop_message(std::string& out) {
  if (!m_finish_sent) append_finish("", out);
  m_chunks.end({}, out);
  set_over();
}

void AnthropicDecoder::start_call(std::int64_t block, const JsonView& tool_use, std::string& out) {
  if (m_calls.size() == k_streamed_tool_calls_max)
    return unreadable("the stream has too many tool calls", out);
  ChatToolCall call = tool_call_of(tool_use);
  const std::string input = std::exchange(call.arguments, "");
  m_calls.push_back({block, input.empty() ? "{}" : input});
  m_chunks.tool_call(0, m_calls.size() - 1, call, out);
}

// The input of a tool that the provider runs itself streams in the same way: it is no call for the client.
void AnthropicDecoder::grow_call(std::int64_t block, std::string_view arguments, std::string& out) {
  const std::size_t call = call_of(block);
  if (call == m_calls.size() || arguments.empty()) return;
  m_calls[call].streamed = true;
  m_chunks.tool_arguments(0, call, arguments, out);
}

// `own` is the block or delta as it came.
void AnthropicDecoder::append_content(std::int64_t block, const JsonView& text, const JsonView& own,
                                      std::string& out) {
  JsonOut blocks;
  if (!facts().strict) {
    blocks.begin_array().begin_object().number("index", block).key("delta");
    append_without_type(blocks, own);
    blocks.end_object().end_array();
  }
  m_chunks.content(0, text.has_text() ? text.json() : "", blocks.str(), out);
}

void AnthropicDecoder::append_finish(const std::string& stop_reason, std::string& out) {
  m_finish_sent = true;
  m_chunks.finish(0, finish_reason_of(stop_reason, facts().strict), out,
                  facts().declines_usage ? "" : m_usage.chat_usage());
}

std::size_t AnthropicDecoder::call_of(std::int64_t block) const {
  // The latest call of that index: garbage may use one twice.
  const auto at = std::find_if(m_calls.rbegin(), m_calls.rend(),
                               [&](const ToolCall& call) { return call.block == block; });
  return static_cast<std::size_t>(at == m_calls.rend() ? m_calls.end() - m_calls.begin()
                                                       : m_calls.rend() - at - 1);
}

}  // namespace pk::provider
