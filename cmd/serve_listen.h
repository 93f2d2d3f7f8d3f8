// Where a server listens, and what it takes there.
#pragma once

#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "http/limits.h"
#include "http/server.h"
#include "serve_rules.h"

namespace pk::cmd {

// One for each worker, all on one address.
Result<std::vector<http::Listener>> open_listeners(const config::Settings& settings);
Bound bound_of(const http::Listener& listener, bool tls);
http::Limits limits_of(const config::Settings& settings);

}  // namespace pk::cmd
