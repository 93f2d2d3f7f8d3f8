// POST /v1/logs: logs of calls that did not go through pk.
#pragma once

#include <vector>

#include "admin/routes.h"

namespace pk::admin {

std::vector<Route> insert_routes();

}  // namespace pk::admin
