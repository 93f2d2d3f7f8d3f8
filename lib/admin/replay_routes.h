// POST /v1/logs/{id}/replay.
#pragma once

#include <vector>

#include "admin/routes.h"

namespace pk::admin {

std::vector<Route> replay_routes();

}  // namespace pk::admin
