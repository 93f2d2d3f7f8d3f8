// Anthropic's message as a chat completion: whole bodies, and the parts that a stream shares with them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "provider/chat_read.h"
#include "provider/dialect.h"
#include "provider/json_view.h"

namespace pk::provider {

// stop_reason → finish_reason. Strict: end_turn, stop_sequence, pause_turn → stop; tool_use → tool_calls;
// max_tokens, model_context_window_exceeded → length; refusal → content_filter; anything else → stop. Not
// strict: Anthropic's own word.
std::string finish_reason_of(const std::string& stop_reason, bool strict);

// The counts of a message as its events tell them; a later count replaces an earlier one.
class AnthropicUsage {
 public:
  // A `usage`. Anything else than an object changes nothing.
  void take(const JsonView& usage);

  // OpenAI's form, "" if nothing is known. prompt_tokens are input, cache reads and cache writes together;
  // total_tokens is their sum with completion_tokens. cache_read_input_tokens and
  // cache_creation_input_tokens stand beside them where they are not zero, as Portkey's gateway has them.
  std::string chat_usage() const;

 private:
  std::optional<std::int64_t> m_input, m_output, m_cache_read, m_cache_write;
};

// A tool_use block, its input as text; no arguments where it has no object.
ChatToolCall tool_call_of(const JsonView& tool_use);

// A message as a chat completion; nothing of what is no message.
// - content is the text blocks joined (null if there are only tool calls); tool_use → tool_calls; without
//   strict compliance all other blocks stand in `content_blocks` as they came;
// - id and model are the message's, else those of `facts`.
std::optional<std::string> message_to_chat(const JsonView& message, const AnswerFacts& facts);

}  // namespace pk::provider
