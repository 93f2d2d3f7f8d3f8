// The schema of gateway configs: from an object's JSON text to its Node, with what is wrong in it. The node's
// `inherited` then holds only what the object itself says: see config_inherit.h.
#pragma once

#include "config/config_problems.h"
#include "config/gateway_config.h"
#include "config/json_value.h"

namespace pk::config {

// The config's root; its targets are numbered. Worth anything only if `problems` stayed as it was.
Node read_config(const JsonValue& object, const ConfigRules& rules, Problems& problems);

}  // namespace pk::config
