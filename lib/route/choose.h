// Which of its targets a single, loadbalance or conditional strategy sends a request to (the reference, 3.3
// to 3.5). Pure: the weighted pick is drawn from the record's seed and the strategy's place, so it needs no
// state, spreads calls of one trace, and comes out the same for the same record.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "config/gateway_config.h"
#include "route/facts.h"

namespace pk::route {

struct Choice {
  enum class By : std::uint8_t { only, weight, sticky, condition, otherwise, nothing };
  std::size_t target = 0;  // index among the strategy's; of `nothing`: no sense
  By by = By::only;
  double weight = 0;  // of `weight`: the target's, and of all that could be picked
  double weight_sum = 0;
  std::size_t condition = 0;  // of `condition`: which one
  bool bypassed = false;      // all circuit breakers are open: they were not looked at
  bool operator==(const Choice&) const = default;
};

// Whether every target below the node is taken out by its circuit breaker.
bool is_open(const config::Node& node, const Facts& facts);
// Whether the breakers of a strategy's targets are to be ignored: all of them are open.
bool is_bypassed(const config::Node& strategy, const Facts& facts);

// single: the first target. loadbalance: the sticky one if it is known, not open and has weight; else by
// weight among those not open. conditional: the first condition that holds, else the default, else `nothing`;
// breakers are not looked at. A fallback is none of these.
Choice choose(const config::Node& strategy, const Facts& facts);

// In [0, 1), from a seed and a place in the config.
double draw(std::uint64_t seed, std::string_view path);

}  // namespace pk::route
