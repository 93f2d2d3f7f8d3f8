// A chat completion as Anthropic's message: whole bodies, and the parts that a stream shares with them. Pure.
#pragma once

#include <optional>
#include <string>

#include "provider/dialect.h"
#include "provider/json_out.h"
#include "provider/json_view.h"
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
std::string chat_content_text(const JsonView& content);

// Writes the members that a message begins with, up to its model: from the completion or its chunk, else from
// `facts`.
void append_message_head(JsonOut& out, const JsonView& chat, const AnswerFacts& facts);

// The id of a tool_use block whose call has none.
std::string tool_use_id(const AnswerFacts& facts, std::size_t index);

// A chat completion as a message; nothing of what is none. Only the first choice is told, a refusal as its
// text; a call whose arguments are no JSON object has them as {"arguments":"…"}.
std::optional<std::string> chat_to_message(const JsonView& chat, const AnswerFacts& facts);

}  // namespace pk::provider
