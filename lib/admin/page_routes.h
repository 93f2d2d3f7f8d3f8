// The web page: one shell for every page's address, and the files that it loads.
#pragma once

#include <vector>

#include "admin/routes.h"

namespace pk::admin {

std::vector<Route> page_routes();

}  // namespace pk::admin
