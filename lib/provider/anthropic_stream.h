// Anthropic's answers for a chat client: the Decoder of the dialect (dialect.h).
// https://docs.anthropic.com/en/docs/build-with-claude/streaming
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "provider/answer_decoder.h"
#include "provider/anthropic_answer.h"
#include "provider/chat_write.h"

namespace pk::provider {

// The most tool calls of one streamed answer; what comes beyond is an error.
inline constexpr std::size_t k_streamed_tool_calls_max = 1024;

// Lives on one thread, one per answer. Whole bodies: message_to_chat(). How a stream's events are told:
// - message_start: a chunk with the role; the message's id is that of every chunk;
// - text: delta.content; tool_use: delta.tool_calls, counted from 0, the first with id and name; a call that
//   streams no input gets its whole input at the end, {} at least, since clients parse it;
// - thinking, citations and other blocks: nothing, or without strict compliance
//   delta.content_blocks:[{index, delta}] as they came, their type left out;
// - message_delta: a chunk with finish_reason, and the usage beside it unless the client declines it;
// - message_stop: `data: [DONE]`, which comes from nothing else; ping and unknown events: nothing;
// - error, and an event that cannot be read: an event with the error; what follows is passed over.
class AnthropicDecoder final : public SseDecoder {
 public:
  explicit AnthropicDecoder(const AnswerFacts& facts);

 private:
  struct ToolCall {
    std::int64_t block = 0;  // the index of its content block
    std::string input;       // what content_block_start gave
    bool streamed = false;   // a piece of its arguments has been sent
  };

  std::optional<std::string> translated(const JsonView& message) override;
  void event(const JsonView& data, std::string& out) override;
  bool end(std::string& out) override;

  void start_message(const JsonView& message, std::string& out);
  void start_block(std::int64_t index, const JsonView& block, std::string& out);
  void grow_block(std::int64_t index, const JsonView& delta, std::string& out);
  void stop_block(std::int64_t index, std::string& out);
  void change_message(const JsonView& delta, std::string& out);
  void stop_message(std::string& out);

  void start_call(std::int64_t block, const JsonView& tool_use, std::string& out);
  void grow_call(std::int64_t block, std::string_view arguments, std::string& out);
  void append_content(std::int64_t block, const JsonView& text, const JsonView& own, std::string& out);
  void append_finish(const std::string& stop_reason, std::string& out);
  std::size_t call_of(std::int64_t block) const;  // the size of m_calls if there is none

  ChatChunks m_chunks;
  AnthropicUsage m_usage;
  std::vector<ToolCall> m_calls;
  bool m_finish_sent = false;
};

}  // namespace pk::provider
