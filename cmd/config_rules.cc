#include "config_rules.h"

#include "base/text.h"
#include "provider/table.h"

namespace pk::cmd {

bool is_loopback_name(std::string_view host) {
  return iequals(host, "localhost") || host == "::1" || host.starts_with("127.");
}

Result<SavedConfigRules> SavedConfigRules::make(const config::Settings& settings) {
  return make(settings, is_loopback_name(settings.listen.host));
}

Result<SavedConfigRules> SavedConfigRules::make(const config::Settings& settings, bool loopback) {
  SavedConfigRules rules;
  PK_ASSIGN(rules.m_trusted_hosts, config::TrustedHosts::make(loopback, settings.allow_upstream));
  for (const provider::Provider& one : provider::all())
    rules.m_providers.push_back({one.slug, one.needs_key});
  return rules;
}

config::ParsedConfig SavedConfigRules::parse(std::string_view json) const {
  return config::parse_gateway_config(json,
                                      {.providers = m_providers,
                                       .trusted_hosts = m_trusted_hosts,
                                       .provider_in_request = true,  // it may be, and then this is enough
                                       .is_known_elsewhere = provider::is_known_elsewhere});
}

Result<void> SavedConfigRules::check(std::string_view json) const {
  const config::ParsedConfig parsed = parse(json);
  if (!parsed.problem) return {};
  std::string text = parsed.problem->message;
  std::string_view between = ": ";
  for (const std::string& error : parsed.problem->errors) {
    text.append(between).append(error);
    between = "; ";
  }
  return Error{Errc::invalid, std::move(text)};
}

}  // namespace pk::cmd
