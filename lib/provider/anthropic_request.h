// A chat completion's request body as one of Anthropic's messages. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace pk::provider {

// `body` has passed BodyReader::read. Values that need no change keep their bytes.
// - messages: anthropic_conversation.h;
// - max_completion_tokens, else max_tokens → max_tokens. Anthropic requires it; as in Portkey's gateway no
//   default is made up: a config's default_params can give one;
// - temperature is clamped to 0…1, stop → stop_sequences, user → metadata.user_id;
// - tools: functions → {name, description, input_schema}; tools of Anthropic's own (with a type and a name)
//   stay. tool_choice "required" → any, "auto", "none", a function → tool; parallel_tool_calls false →
//   disable_parallel_tool_use;
// - stream, top_p, top_k, thinking and what else is Anthropic's own stays; service_tier stays where both know
//   the word; every other member (n, seed, logprobs, response_format …) is dropped.
// Errors: invalid, with a text for the client that names the place.
Result<std::string> chat_to_messages(std::string_view body);

}  // namespace pk::provider
