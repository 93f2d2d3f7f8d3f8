// Anthropic's answers for a chat client: the Decoder of the dialect (dialect.h).
// https://docs.anthropic.com/en/docs/build-with-claude/streaming
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/sse.h"
#include "provider/anthropic_answer.h"
#include "provider/chat_form.h"
#include "provider/dialect.h"

namespace pk::provider {

// The most tool calls of one streamed answer; what comes beyond is an error.
inline constexpr std::size_t k_streamed_tool_calls_max = 1024;

// Lives on one thread, one per answer. How a stream's events are told:
// - message_start: a chunk with the role; the message's id is that of every chunk;
// - text: delta.content; tool_use: delta.tool_calls, counted from 0, the first with id and name; a call that
//   streams no input gets its whole input at the end, {} at least, since clients parse it;
// - thinking, citations and other blocks: nothing, or without strict compliance
//   delta.content_blocks:[{index, delta}] as they came, their type left out;
// - message_delta: a chunk with finish_reason, and the usage where it is wanted;
// - message_stop: `data: [DONE]`, which comes from nothing else; ping and unknown events: nothing;
// - error, and an event that cannot be read: an event with the error; what follows is passed over.
class AnthropicDecoder final : public Decoder {
 public:
  explicit AnthropicDecoder(const AnswerFacts& facts);

  std::string body(std::string_view upstream) override;
  void feed(std::string_view bytes, std::string& out) override;
  void finish(std::string& out) override;
  std::string_view broken() const override { return m_broken; }

 private:
  struct ToolCall {
    std::int64_t block = 0;  // the index of its content block
    std::string input;       // what content_block_start gave
    bool streamed = false;   // a piece of its arguments has been sent
  };

  void read_event(const SseEvent& event, std::string& out);
  void start_message(const JsonObject& event, std::string& out);
  void start_block(const JsonObject& event, std::string& out);
  void grow_block(const JsonObject& event, std::string& out);
  void stop_block(const JsonObject& event, std::string& out);
  void change_message(const JsonObject& event, std::string& out);
  void stop_message(std::string& out);

  void start_call(std::int64_t block, const JsonObject& content, std::string& out);
  void grow_call(std::int64_t block, const JsonObject& delta, std::string& out);
  void append_arguments(std::size_t call, std::string_view arguments, std::string& out);
  void append_delta(std::string_view text, std::int64_t block, std::string_view own, std::string& out);
  void append_finish(const std::string& stop_reason, std::string& out);
  std::size_t call_of(std::int64_t block) const;  // the size of m_calls if there is none
  void fail(std::string reason, std::string_view error, std::string& out);

  // What `facts` says outlives its views.
  const std::string m_provider, m_model, m_id;
  AnswerFacts m_facts;
  ChatEnvelope m_envelope;
  SseSplitter m_splitter;
  AnthropicUsage m_usage;
  std::vector<ToolCall> m_calls;
  std::string m_broken;
  bool m_finish_sent = false;
  bool m_over = false;  // message_stop or an error came
};

}  // namespace pk::provider
