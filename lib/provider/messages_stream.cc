#include "provider/messages_stream.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "provider/chat_form.h"
#include "provider/errors.h"

namespace pk::provider {

namespace {

constexpr std::string_view k_done = "[DONE]";
constexpr std::int64_t k_call_index_max = 1'000'000;

void append_event(std::string& out, std::string_view name, std::string_view data) {
  out.append("event: ").append(name).append("\ndata: ").append(data).append("\n\n");
}

}  // namespace

MessagesDecoder::MessagesDecoder(const AnswerFacts& facts)
    : m_provider(facts.provider), m_model(facts.model), m_id(facts.id), m_facts(facts) {
  m_facts.provider = m_provider;
  m_facts.model = m_model;
  m_facts.id = m_id;
}

std::string MessagesDecoder::body(std::string_view upstream) {
  MessagesAnswer answer = chat_to_message(upstream, m_facts);
  m_broken = std::move(answer.broken);
  return std::move(answer.body);
}

void MessagesDecoder::feed(std::string_view bytes, std::string& out) {
  m_splitter.feed(bytes, [&](const SseEvent& event) { read_event(event, out); });
  if (m_splitter.skipped() > 0 && !m_over)
    fail("an event of the stream is too large", broken_answer_error(m_provider, "an event is too large"),
         out);
}

void MessagesDecoder::finish(std::string& out) {
  m_splitter.finish([&](const SseEvent& event) { read_event(event, out); });
  if (m_over) return;
  if (!m_finish_reason.empty()) return stop_message(out);
  constexpr std::string_view reason = "the stream ended before the answer did";
  fail(std::string(reason), broken_answer_error(m_provider, reason), out);
}

void MessagesDecoder::read_event(const SseEvent& event, std::string& out) {
  if (m_over) return;
  std::string room;
  const std::string_view data = as_one_line(trim(event.data), room);
  if (data == k_done && m_started) return stop_message(out);
  const JsonObject chunk(data);
  if (chunk.has("error") || event.event == "error") return fail(error_text(data), data, out);
  if (!chunk.ok()) {
    constexpr std::string_view reason = "an event of the stream is no chunk of a chat completion";
    return fail(std::string(reason), broken_answer_error(m_provider, reason), out);
  }
  read_chunk(chunk, data, out);
}

void MessagesDecoder::read_chunk(const JsonObject& chunk, std::string_view data, std::string& out) {
  if (data.find("\"usage\"") != std::string_view::npos) m_usage.read_body(data);
  const auto choices = json_items(chunk.raw("choices"));
  // Azure begins with a chunk about its filters that has no choice and no model.
  if (!m_started && choices.empty()) return;
  if (!m_started) start_message(chunk, out);
  for (const std::string_view item : choices) {
    const JsonObject choice(item);
    if (choice.count("index", k_call_index_max).value_or(0) != 0) continue;
    read_delta(JsonObject(choice.raw("delta")), out);
    if (std::string reason = choice.text("finish_reason"); !reason.empty())
      m_finish_reason = std::move(reason);
  }
}

void MessagesDecoder::read_delta(const JsonObject& delta, std::string& out) {
  add_text(chat_content_text(delta.raw("content")), out);
  add_text(delta.text("refusal"), out);
  for (const std::string_view call : json_items(delta.raw("tool_calls"))) read_call(JsonObject(call), out);
}

void MessagesDecoder::read_call(const JsonObject& call, std::string& out) {
  const std::size_t place = call_of(call, out);
  if (m_over || place >= m_calls.size()) return;
  const std::string piece = JsonObject(call.raw("function")).text("arguments");
  append_delta(m_calls[place].block, "input_json_delta", "partial_json", piece, out);
}

void MessagesDecoder::start_message(const JsonObject& chunk, std::string& out) {
  m_started = true;
  const std::string id = chunk.text("id"), model = chunk.text("model");
  std::string event;
  ObjectWriter start(event);
  start.text("type", "message_start");
  ObjectWriter message(start.key("message"));
  message.text("id", id.empty() ? m_id : id);
  message.text("type", "message");
  message.text("role", "assistant");
  message.text("model", model.empty() ? m_model : model);
  message.raw("content", "[]");
  message.raw("stop_reason", "null");
  message.raw("stop_sequence", "null");
  message.raw("usage", messages_usage(m_usage.usage()));
  message.end();
  start.end();
  append_event(out, "message_start", event);
}

void MessagesDecoder::add_text(std::string_view text, std::string& out) {
  if (text.empty() || m_over) return;
  if (!m_open || !m_open_is_text) {
    if (!start_block(R"({"type":"text","text":""})", out)) return;
    m_open_is_text = true;
  }
  append_delta(m_blocks - 1, "text_delta", "text", text, out);
}

std::size_t MessagesDecoder::call_of(const JsonObject& call, std::string& out) {
  // Where a host leaves the index out, a call with an id begins one and any other goes on with the last.
  const bool begins = call.has("id") && !call.text("id").empty();
  const auto none = static_cast<std::int64_t>(m_calls.size()) - (begins || m_calls.empty() ? 0 : 1);
  const std::int64_t index = call.count("index", k_call_index_max).value_or(none);
  const auto at = std::ranges::find(m_calls, index, &ToolCall::index);
  if (at != m_calls.end()) return static_cast<std::size_t>(at - m_calls.begin());
  start_call(index, call, out);
  return m_calls.size() - 1;
}

void MessagesDecoder::start_call(std::int64_t index, const JsonObject& call, std::string& out) {
  std::string id = call.text("id");
  if (id.empty()) id = fmt::format("toolu_{}_{}", m_id, m_calls.size());
  const std::string name = JsonObject(call.raw("function")).text("name");
  if (!start_block(fmt::format(R"({{"type":"tool_use","id":{},"name":{},"input":{{}}}})", json_string(id),
                               json_string(name)),
                   out))
    return;
  m_open_is_text = false;
  m_calls.push_back({index, m_blocks - 1});
}

bool MessagesDecoder::start_block(std::string_view block, std::string& out) {
  stop_block(out);
  if (m_blocks == k_streamed_blocks_max) {
    constexpr std::string_view reason = "the stream has too many content blocks";
    fail(std::string(reason), broken_answer_error(m_provider, reason), out);
    return false;
  }
  append_event(
      out, "content_block_start",
      fmt::format(R"({{"type":"content_block_start","index":{},"content_block":{}}})", m_blocks, block));
  ++m_blocks;
  m_open = true;
  return true;
}

void MessagesDecoder::stop_block(std::string& out) {
  if (!m_open) return;
  m_open = false;
  append_event(out, "content_block_stop",
               fmt::format(R"({{"type":"content_block_stop","index":{}}})", m_blocks - 1));
}

void MessagesDecoder::append_delta(std::size_t block, std::string_view type, std::string_view member,
                                   std::string_view text, std::string& out) {
  if (text.empty()) return;
  append_event(out, "content_block_delta",
               fmt::format(R"({{"type":"content_block_delta","index":{},"delta":{{"type":"{}","{}":{}}}}})",
                           block, type, member, json_string(text)));
}

void MessagesDecoder::stop_message(std::string& out) {
  append_end(out);
  append_event(out, "message_stop", R"({"type":"message_stop"})");
  m_over = true;
}

void MessagesDecoder::append_end(std::string& out) {
  stop_block(out);
  append_event(
      out, "message_delta",
      fmt::format(
          R"({{"type":"message_delta","delta":{{"stop_reason":"{}","stop_sequence":null}},"usage":{}}})",
          stop_reason_of(m_finish_reason, !m_calls.empty()), messages_usage(m_usage.usage())));
}

void MessagesDecoder::fail(std::string reason, std::string_view error, std::string& out) {
  m_broken = reason.empty() ? "the provider reports an error without words" : std::move(reason);
  m_over = true;
  append_event(out, "error", messages_error(m_provider, error));
}

}  // namespace pk::provider
