// A chat completion for an Anthropic client: the Decoder of messages_front.h.
// https://docs.anthropic.com/en/docs/build-with-claude/streaming
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "provider/answer_decoder.h"
#include "provider/usage.h"

namespace pk::provider {

// The most content blocks of one streamed answer; what comes beyond is an error.
inline constexpr std::size_t k_streamed_blocks_max = 1024;

// Lives on one thread, one per answer. Whole bodies: chat_to_message(). How a stream's chunks are told:
// - the first: message_start, with what is known of the usage by then;
// - delta.content and delta.refusal: text_delta of a text block; delta.tool_calls: a tool_use block each, its
//   arguments as input_json_delta; another id with a name begins another call, though some hosts (Ollama)
//   give all of them one index. A block ends where the next one begins. Pieces of a call whose block has
//   ended (hosts that mix their calls; none is known) still name its index;
// - finish_reason: kept until the end, because the usage comes after it;
// - [DONE]: content_block_stop, message_delta with stop_reason and usage, message_stop. The same where the
//   stream ends after a finish_reason without it, as some hosts have it;
// - an error, a chunk that cannot be read, and an end before the answer's: an error event; what follows is
//   passed over.
class MessagesDecoder final : public SseDecoder {
 public:
  explicit MessagesDecoder(const AnswerFacts& facts);

 private:
  struct ToolCall {
    std::int64_t index = 0;  // among the calls, as the provider counts
    std::size_t id_hash = 0;
    std::size_t block = 0;
  };

  std::optional<std::string> translated(const JsonView& chat) override;
  std::string error_body(std::string_view json) const override;
  std::string error_body_of(std::string_view why) const override;
  void append_error_event(std::string_view body, std::string& out) const override;
  void event(const JsonView& chunk, std::string& out) override;
  void end_mark(std::string& out) override;
  bool end(std::string& out) override;

  void read_delta(const JsonView& delta, std::string& out);
  void read_call(const JsonView& call, std::string& out);
  void start_message(const JsonView& chunk, std::string& out);
  void add_text(std::string_view text, std::string& out);
  bool start_call(std::int64_t index, const JsonView& id, const JsonView& name, std::string& out);
  bool start_block(std::string_view block, std::string& out);  // false: one too many
  void stop_block(std::string& out);
  void append_delta(std::size_t block, std::string_view type, std::string_view member, std::string_view text,
                    std::string& out);
  void stop_message(std::string& out);
  void append_end(std::string& out);

  UsageReader m_usage;
  std::vector<ToolCall> m_calls;
  std::size_t m_blocks = 0;  // begun so far; the last one may be open
  bool m_open = false;
  bool m_open_is_text = false;
  bool m_started = false;
  std::string m_finish_reason;
};

}  // namespace pk::provider
