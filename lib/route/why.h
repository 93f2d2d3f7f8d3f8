// Why a request went where it went: one short sentence a decision, in their order, worked out again from
// config, facts and history alone. Pure.
#pragma once

#include <string>
#include <vector>

#include "route/facts.h"
#include "route/route.h"

namespace pk::route {

// "config: targets[0] by weight 0.7 of 1", "config.targets[0]: retry 1 of 3, 2 s after 429",
// "config: fell back to targets[1] on 500", "config: targets[0] skipped, its circuit breaker is open".
// No text of the request is in them.
std::vector<std::string> why(const Route& route, const Facts& facts, History history);

}  // namespace pk::route
