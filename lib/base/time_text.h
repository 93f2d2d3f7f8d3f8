// Times and durations as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pk {

// "2026-03-01T09:30:00.123Z": UTC, milliseconds, always. A time outside the years 1 to 9999 is written as the
// nearest inside.
std::string rfc3339(std::int64_t wall_ms);

// RFC 3339 with any offset and any number of fraction digits; "T" or a space between date and time; a bare
// date is its midnight UTC. Nothing if it is none, or the day does not exist.
std::optional<std::int64_t> parse_rfc3339(std::string_view text);

// "90s", "15m", "2h", "3d", "4w", "250ms" → milliseconds. At least 0, at most 100 years. Several units may
// follow each other: "1h30m". Nothing if it is no duration; a bare number is none.
std::optional<std::int64_t> parse_duration_ms(std::string_view text);

// A point in time: RFC 3339, "yesterday", "today" (UTC midnights), "now", or a duration ago.
Result<std::int64_t> parse_time(std::string_view text, std::int64_t now_ms);

// "3d", "2h 5m", "45s", "120ms": the two largest units.
std::string duration_text(std::int64_t ms);
// How long ago, in one unit: "12s ago", "3h ago", "in 5m" for the future.
std::string relative_time(std::int64_t then_ms, std::int64_t now_ms);

// The first millisecond of the UTC calendar month that holds `wall_ms`.
std::int64_t month_start_ms(std::int64_t wall_ms);

}  // namespace pk
