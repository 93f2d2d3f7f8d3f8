// A chat completion as Anthropic's message: whole bodies, and the parts that a stream shares with them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "provider/dialect.h"
#include "provider/usage.h"

namespace pk::provider {

// finish_reason → stop_reason: stop → end_turn, length → max_tokens, tool_calls and function_call → tool_use,
// content_filter → refusal; Anthropic's own words stay; anything else is end_turn. Where the message calls
// tools, end_turn becomes tool_use: some hosts say "stop" there too.
std::string stop_reason_of(const std::string& finish_reason, bool calls_tools);

// Anthropic's `usage`: input_tokens without what was read from the cache or written to it; the cache's counts
// where the provider told them. Unknown counts are 0: clients rely on the members.
std::string messages_usage(const Usage& usage);

// The text of a message's or delta's `content`: a text, or the text parts of an array, joined.
std::string chat_content_text(std::string_view content);

// {"type":"error","error":{"type":…,"message":…}}, from an error in any form (errors.h).
std::string messages_error(std::string_view slug, std::string_view upstream);

struct MessagesAnswer {
  std::string body;
  std::string broken;  // why it is an error, "" if it is none
};

// The body of a chat completion as a message. Only the first choice is told, a refusal as its text; a call
// whose arguments are no JSON object has them as {"arguments":"…"}. A body that is an error or no chat
// completion at all gives an error in Anthropic's form.
MessagesAnswer chat_to_message(std::string_view chat, const AnswerFacts& facts);

}  // namespace pk::provider
