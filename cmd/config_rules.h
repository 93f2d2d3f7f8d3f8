// What a gateway config is checked against when it is saved: the providers that there are, and the hosts that
// the server's settings trust.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/gateway_config.h"
#include "config/settings.h"

namespace pk::cmd {

class SavedConfigRules {
 public:
  // invalid: an entry of allow_upstream is no host.
  static Result<SavedConfigRules> make(const config::Settings& settings);
  // The same for a server, which knows whether it listens on loopback.
  static Result<SavedConfigRules> make(const config::Settings& settings, bool loopback);

  config::ParsedConfig parse(std::string_view json) const;
  // invalid, in one line with all that is wrong: "Invalid config passed: path: …, message: …; path: …".
  Result<void> check(std::string_view json) const;
  const config::TrustedHosts& trusted_hosts() const { return m_trusted_hosts; }

 private:
  SavedConfigRules() = default;
  config::TrustedHosts m_trusted_hosts;
  std::vector<config::ConfigRules::Provider> m_providers;
};

// Whether the host that a server is to listen on is this machine alone, by its name.
bool is_loopback_name(std::string_view host);

}  // namespace pk::cmd
