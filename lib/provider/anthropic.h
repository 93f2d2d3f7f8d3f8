// The dialect of Anthropic: chat completions over its messages. Its own /v1/messages and every other path
// pass as they are. https://docs.anthropic.com/en/api/messages
#pragma once

#include "provider/dialect.h"

namespace pk::provider {

// Options: anthropic_version and anthropic_beta, sent as headers of that name. Where neither they nor the
// client name a version, anthropic-version is 2023-06-01. The query of a translated call is dropped: it was
// meant for another API. Request: anthropic_request.h; answers: anthropic_stream.h.
extern const Dialect k_anthropic;

}  // namespace pk::provider
