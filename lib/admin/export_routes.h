// /v1/logs/exports: whole logs as JSON lines, of a filter that is kept under an id.
#pragma once

#include <vector>

#include "admin/routes.h"

namespace pk::admin {

std::vector<Route> export_routes();

}  // namespace pk::admin
