// What serve tells its workers at the start, and anew whenever the settings or what is saved changes.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "config/settings.h"
#include "gateway/gateway.h"
#include "http/server.h"

namespace pk::cmd {

// Where the server listens, whether TLS is spoken there, and how it knows who has logged in.
struct Bound {
  http::Address address;
  bool loopback = false;
  bool tls = false;
  std::function<std::string(const http::Request&)> session_key = {};  // of gateway::Rules

  std::string url() const;
};

// What settings can ask for and this version does not have: refused, not ignored.
Result<void> check_offered(const config::Settings& settings);
// The certificate that the settings name, read anew; null if they name none.
Result<std::shared_ptr<const http::TlsContext>> load_tls(const config::Settings& settings);
// Beyond loopback only who has a key may call, and plain HTTP has to be asked for by name.
Result<void> check_exposure(const config::Settings& settings, const Bound& bound, const config::Saved& saved);

// A default config that is not there is no error: requests that need it are refused, each by itself, and all
// else goes on.
Result<std::shared_ptr<const gateway::Rules>> make_rules(const config::Settings& settings, const Bound& bound,
                                                         std::shared_ptr<const config::Saved> saved);

}  // namespace pk::cmd
