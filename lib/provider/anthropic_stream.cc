#include "provider/anthropic_stream.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "provider/errors.h"

namespace pk::provider {

namespace {

constexpr std::int64_t k_block_index_max = 1'000'000;

// {"type":"thinking_delta","thinking":"…"} without its type, as Portkey's gateway gives it.
std::string without_type(std::string_view object_text) {
  constexpr std::string_view k_members[] = {"text", "thinking", "signature", "data", "citation"};
  const JsonObject given(object_text);
  std::string out;
  ObjectWriter object(out);
  for (const std::string_view name : k_members) object.copy(given, name);
  object.end();
  return out;
}

bool is_empty_object(std::string_view json) {
  return is_object(json) && trim(json.substr(1)) == "}";
}

}  // namespace

AnthropicDecoder::AnthropicDecoder(const AnswerFacts& facts)
    : m_provider(facts.provider), m_model(facts.model), m_id(facts.id), m_facts(facts) {
  m_facts.provider = m_provider;
  m_facts.model = m_model;
  m_facts.id = m_id;
  m_envelope = {m_id, m_model, m_provider, facts.now_s};
}

std::string AnthropicDecoder::body(std::string_view upstream) {
  ChatAnswer answer = message_to_chat(upstream, m_facts);
  m_broken = std::move(answer.broken);
  return std::move(answer.body);
}

void AnthropicDecoder::feed(std::string_view bytes, std::string& out) {
  m_splitter.feed(bytes, [&](const SseEvent& event) { read_event(event, out); });
  if (m_splitter.skipped() > 0 && !m_over)
    fail("an event of the stream is too large", broken_answer_error(m_provider, "an event is too large"),
         out);
}

void AnthropicDecoder::finish(std::string& out) {
  m_splitter.finish([&](const SseEvent& event) { read_event(event, out); });
  if (m_over) return;
  constexpr std::string_view reason = "the stream ended before message_stop";
  fail(std::string(reason), broken_answer_error(m_provider, reason), out);
}

void AnthropicDecoder::read_event(const SseEvent& event, std::string& out) {
  if (m_over) return;
  std::string room;
  const std::string_view data = as_one_line(event.data, room);
  const JsonObject object(data);
  const std::string type = object.text("type");
  if (type == "error" || event.event == "error" || object.has("error"))
    return fail(error_text(data), shape_error(m_provider, 200, "application/json", data), out);
  if (!object.ok()) {
    constexpr std::string_view reason = "an event of the stream is no JSON object";
    return fail(std::string(reason), broken_answer_error(m_provider, reason), out);
  }
  if (type == "message_start") start_message(object, out);
  if (type == "content_block_start") start_block(object, out);
  if (type == "content_block_delta") grow_block(object, out);
  if (type == "content_block_stop") stop_block(object, out);
  if (type == "message_delta") change_message(object, out);
  if (type == "message_stop") stop_message(out);
}

void AnthropicDecoder::start_message(const JsonObject& event, std::string& out) {
  const JsonObject message(event.raw("message"));
  if (std::string id = message.text("id"); !id.empty()) m_envelope.id = std::move(id);
  if (std::string model = message.text("model"); !model.empty()) m_envelope.model = std::move(model);
  m_usage.take(message.raw("usage"));
  append_chat_chunk(out, m_envelope, R"({"role":"assistant","content":""})");
}

void AnthropicDecoder::start_block(const JsonObject& event, std::string& out) {
  const std::int64_t index = event.count("index", k_block_index_max).value_or(0);
  const JsonObject content(event.raw("content_block"));
  const std::string type = content.text("type");
  if (type == "tool_use") return start_call(index, content, out);
  const std::string_view text = content.raw("text");
  append_delta(type == "text" && is_string(text) && text != "\"\"" ? text : "", index,
               event.raw("content_block"), out);
}

void AnthropicDecoder::grow_block(const JsonObject& event, std::string& out) {
  const std::int64_t index = event.count("index", k_block_index_max).value_or(0);
  const JsonObject delta(event.raw("delta"));
  const std::string type = delta.text("type");
  if (type == "input_json_delta") return grow_call(index, delta, out);
  const std::string_view text = type == "text_delta" ? delta.raw("text") : "";
  append_delta(is_string(text) ? text : "", index, event.raw("delta"), out);
}

void AnthropicDecoder::stop_block(const JsonObject& event, std::string& out) {
  const std::size_t call = call_of(event.count("index", k_block_index_max).value_or(0));
  if (call == m_calls.size() || m_calls[call].streamed) return;
  append_arguments(call, m_calls[call].input, out);
}

void AnthropicDecoder::change_message(const JsonObject& event, std::string& out) {
  m_usage.take(event.raw("usage"));
  const std::string reason = JsonObject(event.raw("delta")).text("stop_reason");
  if (!reason.empty() && !m_finish_sent) append_finish(reason, out);
}

void AnthropicDecoder::stop_message(std::string& out) {
  if (!m_finish_sent) append_finish("", out);
  out += k_chat_end_mark;
  m_over = true;
}

void AnthropicDecoder::start_call(std::int64_t block, const JsonObject& content, std::string& out) {
  if (m_calls.size() == k_streamed_tool_calls_max) {
    constexpr std::string_view reason = "the stream has too many tool calls";
    return fail(std::string(reason), broken_answer_error(m_provider, reason), out);
  }
  const std::string_view input = content.raw("input");
  m_calls.push_back({block, is_object(input) && !is_empty_object(input) ? std::string(input) : "{}"});
  append_chat_chunk(
      out, m_envelope,
      fmt::format(
          R"({{"tool_calls":[{{"index":{},"id":{},"type":"function","function":{{"name":{},"arguments":""}}}}]}})",
          m_calls.size() - 1, json_string(content.text("id")), json_string(content.text("name"))));
}

void AnthropicDecoder::grow_call(std::int64_t block, const JsonObject& delta, std::string& out) {
  const std::size_t call = call_of(block);
  const std::string piece = delta.text("partial_json");
  // The input of a tool that the provider runs itself streams in the same way: it is no call for the client.
  if (call != m_calls.size() && !piece.empty()) append_arguments(call, piece, out);
}

void AnthropicDecoder::append_arguments(std::size_t call, std::string_view arguments, std::string& out) {
  m_calls[call].streamed = true;
  append_chat_chunk(out, m_envelope,
                    fmt::format(R"({{"tool_calls":[{{"index":{},"function":{{"arguments":{}}}}}]}})", call,
                                json_string(arguments)));
}

// `text` is a string in its quotes, or "" for none; `own` the block or delta as it came.
void AnthropicDecoder::append_delta(std::string_view text, std::int64_t block, std::string_view own,
                                    std::string& out) {
  if (text.empty() && m_facts.strict) return;
  std::string json;
  ObjectWriter delta(json);
  if (!text.empty()) delta.raw("content", text);
  if (!m_facts.strict)
    delta.raw("content_blocks", fmt::format(R"([{{"index":{},"delta":{}}}])", block, without_type(own)));
  delta.end();
  append_chat_chunk(out, m_envelope, json);
}

void AnthropicDecoder::append_finish(const std::string& stop_reason, std::string& out) {
  m_finish_sent = true;
  append_chat_chunk(out, m_envelope, "{}", finish_reason_of(stop_reason, m_facts.strict),
                    m_facts.include_usage ? m_usage.chat_usage() : "");
}

std::size_t AnthropicDecoder::call_of(std::int64_t block) const {
  // The latest call of that index: garbage may use one twice.
  const auto at = std::find_if(m_calls.rbegin(), m_calls.rend(),
                               [&](const ToolCall& call) { return call.block == block; });
  return at == m_calls.rend() ? m_calls.size()
                              : m_calls.size() - 1 - static_cast<std::size_t>(at - m_calls.rbegin());
}

void AnthropicDecoder::fail(std::string reason, std::string_view error, std::string& out) {
  m_broken = reason.empty() ? "the provider reports an error without words" : std::move(reason);
  m_over = true;
  append_chat_error(out, error);
}

}  // namespace pk::provider
