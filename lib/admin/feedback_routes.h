// /v1/feedback: giving it, changing it, reading it (the reference, section 6).
#pragma once

#include <vector>

#include "admin/routes.h"

namespace pk::admin {

std::vector<Route> feedback_routes();

}  // namespace pk::admin
