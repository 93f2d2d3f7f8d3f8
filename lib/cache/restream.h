// A stored answer in the way the client asks for it: a whole one as a stream, a stream as a whole one. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "log/record.h"

namespace pk::cache {

// The events of a stream that says what `body`, a whole answer, says: chat-completions, completions (chunks,
// "[DONE]") and messages (Anthropic's events). `include_usage`: the client asked for a chunk with the usage.
// invalid: an endpoint or a body that has no stream.
Result<std::string> stream_of(log::Endpoint endpoint, std::string_view body, bool include_usage);

// What the events come to, as the provider would have said it whole (log/joined.h).
Result<std::string> whole_of(log::Endpoint endpoint, std::string_view events);

}  // namespace pk::cache
