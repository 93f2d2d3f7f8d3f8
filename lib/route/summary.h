// What a log record says of the way a request took. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "log/record.h"
#include "route/facts.h"
#include "route/route.h"

namespace pk::route {

struct Summary {
  log::Retry retry = log::Retry::not_triggered;
  std::int64_t retry_attempts = 0;  // retries of the last used option, the first call not counted
  // x-portkey-retry-attempt-count: the retries, -1 where they did not help (or retry-after asked for too long
  // a wait, so that there was none).
  std::int64_t retry_count_header = 0;
  log::Active fallback = log::Active::disabled;     // some strategy around the last used option is one
  log::Active loadbalance = log::Active::disabled;  // the same
  std::string_view last_used_option;                // "config.targets[1]"; a view into the config
  bool operator==(const Summary&) const = default;
};

// Of a history that the route led to. Without any outcome (a cache hit, a refusal) the option is the one that
// would have been asked first, else the root.
Summary summary(const Route& route, const Facts& facts, History history);

}  // namespace pk::route
