#include "serve_rules.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "provider/table.h"

namespace pk::cmd {

std::string Bound::url() const {
  const bool v6 = address.host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", tls ? "https" : "http", v6 ? "[" : "", address.host, v6 ? "]" : "",
                     address.port);
}

Result<std::shared_ptr<const http::TlsContext>> load_tls(const config::Settings& settings) {
  if (settings.tls_cert.empty()) return std::shared_ptr<const http::TlsContext>();
  return http::TlsContext::load(settings.tls_cert, settings.tls_key);
}

Result<void> check_offered(const config::Settings& settings) {
  if (!settings.default_provider.empty() && !provider::find(settings.default_provider))
    return Error{Errc::invalid, fmt::format("default_provider: there is no provider '{}'",
                                            visible(settings.default_provider, false))};
  return {};
}

Result<void> check_exposure(const config::Settings& settings, const Bound& bound,
                            const config::Saved& saved) {
  if (bound.loopback) return {};
  if (!saved.has_api_keys())
    return Error{
        Errc::unauthorized,
        fmt::format("will not listen on {}: without an API key only loopback is served; make one with "
                    "pk key add NAME, or use --listen 127.0.0.1:8787",
                    bound.address.host)};
  if (!bound.tls && !settings.insecure_http)
    return Error{Errc::unauthorized,
                 fmt::format("will not listen on {} without TLS: give it --tls-cert and --tls-key, or say "
                             "--insecure-http",
                             bound.address.host)};
  return {};
}

Result<std::shared_ptr<const gateway::Rules>> make_rules(const config::Settings& settings, const Bound& bound,
                                                         std::shared_ptr<const config::Saved> saved) {
  auto rules = std::make_shared<gateway::Rules>();
  PK_ASSIGN(rules->plan.trusted_hosts, config::TrustedHosts::make(bound.loopback, settings.allow_upstream));
  rules->plan.default_provider = settings.default_provider;
  rules->plan.default_config = settings.default_config;
  rules->plan.saved = std::move(saved);
  rules->key_required = !bound.loopback;
  rules->hosts.names = {"localhost", "127.0.0.1", "::1", ascii_lower(settings.listen.host),
                        bound.address.host};
  for (const std::string& name : settings.host_name) rules->hosts.names.push_back(ascii_lower(name));
  if (!settings.public_url.empty()) {
    PK_ASSIGN(const auto host, config::host_of(settings.public_url));
    rules->hosts.names.push_back(host.host);
  }
  rules->session_key = bound.session_key;
  rules->tracked = settings.debug;
  rules->refuse_unlogged = settings.on_log_failure == config::OnLogFailure::refuse;
  rules->hold_until_durable = settings.durability == config::Durability::strict;
  return std::shared_ptr<const gateway::Rules>(std::move(rules));
}

}  // namespace pk::cmd
