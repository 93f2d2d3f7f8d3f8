// Sharing logs: links are made, listed and ended under /v1; /s/TOKEN shows its one log to whoever holds it.
#pragma once

#include <vector>

#include "admin/routes.h"

namespace pk::admin {

std::vector<Route> share_routes();

}  // namespace pk::admin
