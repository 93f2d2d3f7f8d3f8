// /v1/plan: how much is kept for how long, and what of it is used.
#pragma once

#include <vector>

#include "admin/routes.h"

namespace pk::admin {

std::vector<Route> plan_routes();

}  // namespace pk::admin
