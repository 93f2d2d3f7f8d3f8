// GET /v1/logs/tail: records as they are written, as server-sent events.
#pragma once

#include <vector>

#include "admin/routes.h"

namespace pk::admin {

// A listener that comes back is first told what was written since: at most so many records, and none of
// requests that began longer before.
inline constexpr std::size_t k_resumed_max = 1'000;
inline constexpr std::int64_t k_resumed_back_ms = 600'000;

std::vector<Route> tail_routes();

}  // namespace pk::admin
