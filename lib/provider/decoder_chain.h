// Two decoders as one: what the first makes of an answer, the second turns once more. So an Anthropic client
// is served by a provider with a dialect: its answer becomes a chat completion, that a message.
#pragma once

#include <memory>

#include "provider/dialect.h"

namespace pk::provider {

// `inner` reads the upstream, `outer` what inner makes. usage() is inner's, broken() inner's reason, else
// outer's. A null
// inner or outer passes what comes: the other is the whole chain (null if both are).
std::unique_ptr<Decoder> compose(std::unique_ptr<Decoder> inner, std::unique_ptr<Decoder> outer);

}  // namespace pk::provider
