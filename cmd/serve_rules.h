// What serve tells its workers at the start, and anew whenever the settings or what is saved changes.
#pragma once

#include <memory>

#include "base/result.h"
#include "config/settings.h"
#include "gateway/gateway.h"
#include "http/server.h"

namespace pk::cmd {

// Where the server listens.
struct Bound {
  http::Address address;
  bool loopback = false;
};

// What settings can ask for and this version does not have: refused, not ignored.
Result<void> check_offered(const config::Settings& settings);
// Beyond loopback only who has a key may call, and plain HTTP has to be asked for by name.
Result<void> check_exposure(const config::Settings& settings, const Bound& bound, const config::Saved& saved);

// A default config that is not there is no error: requests that need it are refused, each by itself, and all
// else goes on.
Result<std::shared_ptr<const gateway::Rules>> make_rules(const config::Settings& settings, const Bound& bound,
                                                         std::shared_ptr<const config::Saved> saved);

}  // namespace pk::cmd
