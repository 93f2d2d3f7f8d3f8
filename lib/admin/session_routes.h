// /v1/session: logging in with an API key, and out.
#pragma once

#include <vector>

#include "admin/routes.h"

namespace pk::admin {

std::vector<Route> session_routes();

}  // namespace pk::admin
