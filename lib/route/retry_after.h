// How long a provider asks to be left alone (the reference, 3.1; RFC 9110 section 10.2.3). Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "log/record.h"

namespace pk::route {

// A day: what asks for more asks for a day.
inline constexpr std::int64_t k_retry_after_ms_max = 86'400'000;

// From an answer's headers: the first of retry-after-ms, x-ms-retry-after-ms (milliseconds) and retry-after
// (seconds, also 1.5, or an HTTP date, for which the wall clock's time is needed) that is there and can be
// read. Nothing if there is none. A date that has passed is 0.
std::optional<std::int64_t> retry_after_ms(const log::Headers& headers, std::int64_t wall_now_ms);

}  // namespace pk::route
