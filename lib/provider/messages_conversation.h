// Anthropic's turns as OpenAI's messages: the other way round of anthropic_conversation.h.
#pragma once

#include "base/result.h"
#include "provider/json_out.h"
#include "provider/json_view.h"

namespace pk::provider {

// Appends the chat messages that one turn stands for. Pure. Rules:
// - a text stays a text; a user's blocks become parts (text → text, image → image_url, a document → file with
//   a data: URL, or its text), a single text block a text;
// - tool_result blocks become messages of the role tool, before what else the turn says, as OpenAI wants
//   them; images in them follow in the user's message;
// - an assistant's text blocks are joined, tool_use blocks become tool_calls; thinking and what a provider's
//   own tools left (server_tool_use, web_search_tool_result …) is dropped: none of it means anything to
//   another provider, and the text that follows says what came of it;
// - cache_control is dropped: OpenAI-shaped providers refuse it.
// Errors: invalid for another role, and for blocks and sources that OpenAI has no form for; they name it.
Result<void> append_turn(JsonOut& messages, const JsonView& turn);

// Appends the system message for `system`, a text or text blocks (joined by new lines); nothing where there
// is no text.
void append_system_turn(JsonOut& messages, const JsonView& system);

}  // namespace pk::provider
