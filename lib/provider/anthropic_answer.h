// Anthropic's message as a chat completion: whole bodies, and the parts that a stream shares with them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "provider/dialect.h"
#include "provider/json_parts.h"

namespace pk::provider {

// stop_reason → finish_reason. Strict: end_turn, stop_sequence, pause_turn → stop; tool_use → tool_calls;
// max_tokens, model_context_window_exceeded → length; refusal → content_filter; anything else → stop. Not
// strict: Anthropic's own word.
std::string finish_reason_of(const std::string& stop_reason, bool strict);

// The counts of a message as its events tell them; a later count replaces an earlier one.
class AnthropicUsage {
 public:
  // The members of a `usage`. Anything else than an object changes nothing.
  void take(std::string_view usage);

  // OpenAI's form, "" if nothing is known. prompt_tokens are input, cache reads and cache writes together;
  // total_tokens is their sum with completion_tokens. cache_read_input_tokens and
  // cache_creation_input_tokens stand beside them where they are not zero.
  std::string chat_usage() const;

 private:
  std::optional<std::int64_t> m_input, m_output, m_cache_read, m_cache_write;
};

// What became of a whole body.
struct ChatAnswer {
  std::string body;    // for the client
  std::string broken;  // why it is an error, "" if it is none
};

// The body of a message as a chat completion:
// - content is the text blocks joined (null if there are only tool calls); tool_use → tool_calls with the
//   input as text; without strict compliance all other blocks stand in `content_blocks` as they came;
// - id and model are the message's, else those of `facts`.
// A body that is an error (some hosts send one with 200) gives the error in the shape of errors.h, what is no
// message at all one that says so.
ChatAnswer message_to_chat(std::string_view message, const AnswerFacts& facts);

}  // namespace pk::provider
