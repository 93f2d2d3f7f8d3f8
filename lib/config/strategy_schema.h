// The part of the schema that strategies have: `strategy` with all in it, and the circuit breaker.
#pragma once

#include <optional>

#include "config/config_fields.h"
#include "config/gateway_config.h"

namespace pk::config {

// `strategy` of one object of the config, and what stands beside it. Conditions are read by check_strategy().
void read_strategy(const Fields& fields, Node& node);

// `cb_config` beside the strategy or in it; the strategy's wins.
std::optional<Breaker> read_breaker(const Fields& fields);

// What can be said only once the targets are known: that there are any, that one can be picked, that each
// name a conditional strategy gives is a target's. Fills the node's conditions.
void check_strategy(const Fields& fields, Node& node, Problems& problems);

}  // namespace pk::config
