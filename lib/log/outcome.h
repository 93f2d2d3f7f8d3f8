// What a record's attempts come to.
#pragma once

#include <cstdint>

#include "log/record.h"

namespace pk::log {

// Attempts at the option that the one before was at. Without attempts, as in what was imported, what the
// record itself says.
std::int64_t retries(const LogRecord& record);

// Answered well, and not by the first attempt: after a retry or by a fallback's target.
bool is_rescued(const LogRecord& record);

}  // namespace pk::log
