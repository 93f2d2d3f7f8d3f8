// The body that a replay sends. Pure.
#pragma once

#include <string>

#include "base/result.h"
#include "log/record.h"
#include "replay/overrides.h"

namespace pk::replay {

// The stored one, byte for byte where nothing overrides it; what does is spliced in, and every other byte
// stays (provider/body_edit.h). The record has its request. invalid where the result is no request body.
Result<std::string> body_of(const log::LogRecord& record, const Overrides& overrides);

}  // namespace pk::replay
