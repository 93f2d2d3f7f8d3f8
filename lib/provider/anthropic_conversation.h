// OpenAI's list of messages as Anthropic's: the system texts in one place, the turns in another.
#pragma once

#include <string>

#include "base/result.h"
#include "provider/json_view.h"

namespace pk::provider {

// Both as JSON arrays.
struct Conversation {
  std::string system;  // text blocks; "" if there are none
  std::string messages;
};

// Pure. What the client wrote goes over as it stands, escapes, cache_control and Anthropic's own blocks with
// it: so this does not go by chat_read.h, which reads into plain values. Rules:
// - system and developer messages, wherever they stand, become `system`, in their order;
// - user: a text stays a text, parts become blocks (anthropic_content.h);
// - a message that nothing is left of, since its texts are blank, is left out: Anthropic refuses it;
// - assistant: its text and then its tool_calls as tool_use blocks, the arguments as JSON (none: {}). Where
//   it has `content_blocks`, as answers to clients without strict compliance have, these are taken instead of
//   its content: thinking goes back with its signature. Pieces of a stream, which some clients keep there,
//   are passed over;
// - tool: a tool_result in a user message; results that follow each other share one, as Anthropic wants those
//   of parallel calls.
// `cache_control` is kept, on a message too. Errors: invalid, with the index of the message: another role,
// arguments that are no JSON object, what append_blocks refuses.
Result<Conversation> read_conversation(const JsonView& messages);

}  // namespace pk::provider
