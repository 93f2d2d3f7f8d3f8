#include "provider/messages_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/json.h"
#include "provider/errors.h"
#include "provider/json_out.h"
#include "provider/messages_answer.h"

namespace pk::provider {

namespace {

constexpr std::int64_t k_call_index_max = 1'000'000;
constexpr int k_status_ok = 200;
constexpr AnswerWords k_words{"the answer is no chat completion",
                              "an event of the stream is no chunk of a chat completion", ""};

void append_event(std::string& out, std::string_view name, std::string_view data) {
  out.append("event: ").append(name).append("\ndata: ").append(data).append("\n\n");
}

// An id itself may be of any size.
std::size_t hash_of(const JsonView& id) {
  return std::hash<std::string>()(id.text());
}

}  // namespace

MessagesDecoder::MessagesDecoder(const AnswerFacts& facts) : SseDecoder(facts, k_words) {}

std::optional<std::string> MessagesDecoder::translated(const JsonView& chat) {
  return chat_to_message(chat, facts());
}

// ---- errors

std::string MessagesDecoder::error_body(std::string_view json) const {
  return shape_messages_error(facts().provider, k_status_ok, "application/json", json);
}

std::string MessagesDecoder::error_body_of(std::string_view why) const {
  return messages_error_json(k_status_ok, fmt::format("{} error: {}", facts().provider, why),
                             facts().provider);
}

void MessagesDecoder::append_error_event(std::string_view body, std::string& out) const {
  append_event(out, "error", body);
}

// ---- streams

void MessagesDecoder::event(const JsonView& chunk, std::string& out) {
  if (chunk.json().find("\"usage\"") != std::string_view::npos) m_usage.read_body(chunk.json());
  const JsonItems choices = chunk["choices"].items();
  // Azure begins with a chunk about its filters that has no choice and no model.
  if (!m_started && choices.empty()) return;
  if (!m_started) start_message(chunk, out);
  for (const JsonView choice : choices) {
    const auto [index, delta, finish_reason] = choice.pick("index", "delta", "finish_reason");
    if (index.count(k_call_index_max).value_or(0) != 0) continue;
    read_delta(delta, out);
    if (finish_reason.has_text()) m_finish_reason = finish_reason.text();
  }
}

void MessagesDecoder::end_mark(std::string& out) {
  if (!m_started) return unreadable(words().no_event, out);
  stop_message(out);
}

// Some hosts send no end mark: a finish reason says as much.
bool MessagesDecoder::end(std::string& out) {
  if (m_finish_reason.empty()) return false;
  stop_message(out);
  return true;
}

void MessagesDecoder::stop_message(std::string& out) {
  append_end(out);
  append_event(out, "message_stop", R"({"type":"message_stop"})");
  set_over();
}

void MessagesDecoder::read_delta(const JsonView& delta, std::string& out) {
  const auto [content, refusal, calls] = delta.pick("content", "refusal", "tool_calls");
  add_text(chat_content_text(content), out);
  add_text(refusal.text(), out);
  for (const JsonView call : calls.items()) read_call(call, out);
}

void MessagesDecoder::read_call(const JsonView& call, std::string& out) {
  if (is_over()) return;
  const auto [given, id, function] = call.pick("index", "id", "function");
  const auto [name, arguments] = function.pick("name", "arguments");
  // Where a host leaves the index out, a call with an id begins one and any other goes on with the last.
  const bool begins = id.is_given() && !id.is("");
  const auto none = static_cast<std::int64_t>(m_calls.size()) - (begins || m_calls.empty() ? 0 : 1);
  const std::int64_t index = given.count(k_call_index_max).value_or(none);
  auto at =
      std::find_if(m_calls.rbegin(), m_calls.rend(), [&](const ToolCall& one) { return one.index == index; });
  // Some hosts make up a new id for each piece of a call: only its beginning has a name too.
  const bool another = at != m_calls.rend() && begins && name.has_text() && at->id_hash != hash_of(id);
  if (at == m_calls.rend() || another) {
    if (!start_call(index, id, name, out)) return;
    at = m_calls.rbegin();
  }
  append_delta(at->block, "input_json_delta", "partial_json", arguments.text(), out);
}

void MessagesDecoder::start_message(const JsonView& chunk, std::string& out) {
  m_started = true;
  JsonOut event;
  event.begin_object().text("type", "message_start").begin_object("message");
  append_message_head(event, chunk, facts());
  event.json("content", "[]").json("stop_reason", "null").json("stop_sequence", "null");
  event.json("usage", messages_usage(m_usage.usage())).end_object().end_object();
  append_event(out, "message_start", event.str());
}

void MessagesDecoder::add_text(std::string_view text, std::string& out) {
  if (text.empty() || is_over()) return;
  if (!m_open || !m_open_is_text) {
    if (!start_block(R"({"type":"text","text":""})", out)) return;
    m_open_is_text = true;
  }
  append_delta(m_blocks - 1, "text_delta", "text", text, out);
}

bool MessagesDecoder::start_call(std::int64_t index, const JsonView& id, const JsonView& name,
                                 std::string& out) {
  JsonOut block;
  block.begin_object().text("type", "tool_use");
  block.text("id", id.text_or(tool_use_id(facts(), m_calls.size()))).text("name", name.text());
  if (!start_block(block.json("input", "{}").end_object().str(), out)) return false;
  m_open_is_text = false;
  m_calls.push_back({index, hash_of(id), m_blocks - 1});
  return true;
}

bool MessagesDecoder::start_block(std::string_view block, std::string& out) {
  stop_block(out);
  if (m_blocks == k_streamed_blocks_max) {
    unreadable("the stream has too many content blocks", out);
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

void MessagesDecoder::append_end(std::string& out) {
  stop_block(out);
  append_event(
      out, "message_delta",
      fmt::format(
          R"({{"type":"message_delta","delta":{{"stop_reason":"{}","stop_sequence":null}},"usage":{}}})",
          stop_reason_of(m_finish_reason, !m_calls.empty()), messages_usage(m_usage.usage())));
}

}  // namespace pk::provider
