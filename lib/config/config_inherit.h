// Inheritance within a config (the reference, 2.2): each node gets what the objects around it say.
#pragma once

#include "config/gateway_config.h"

namespace pk::config {

// Fills `inherited` of every node below `root` from its own and its parents'. False, and `root` means
// nothing, if that would copy more than k_inherited_bytes_max.
bool inherit(Node& root);

}  // namespace pk::config
