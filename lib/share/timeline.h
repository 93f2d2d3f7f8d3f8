// When what happened within an exchange: a lane for pk itself and one for each attempt. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "log/record.h"

namespace pk::share {

struct TimeSpan {
  enum class Kind : std::uint8_t { gateway, cache, wait, provider };
  Kind kind = Kind::gateway;
  double start_ms = 0;  // from the beginning of the exchange
  double length_ms = 0;
  bool operator==(const TimeSpan&) const = default;
};

struct Lane {
  std::string label;                      // "targets[1]"; of pk itself "gateway" or "cache"
  std::size_t depth = 0;                  // steps of its option above the last
  const log::Attempt* attempt = nullptr;  // of the record that was given
  std::vector<TimeSpan> spans;            // in order, without gaps
};

struct Timeline {
  std::vector<Lane> lanes;
  double total_ms = 0;  // what the whole width stands for; more than 0
  std::optional<double> first_token_ms;
};
// The record outlives it.
Timeline timeline_of(const log::LogRecord& record);

}  // namespace pk::share
