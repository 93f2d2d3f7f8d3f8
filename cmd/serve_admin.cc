#include "serve_admin.h"

#include <utility>

namespace pk::cmd {

namespace {

constexpr std::uint8_t k_all_scopes = static_cast<std::uint8_t>(config::Scope::proxy) |
                                      static_cast<std::uint8_t>(config::Scope::read) |
                                      static_cast<std::uint8_t>(config::Scope::admin);

admin::Preferences preferences_of(const config::Settings& settings) {
  return {settings.public_url, settings.default_config, settings.share_patterns};
}

}  // namespace

std::optional<gateway::Refusal> ServeGuard::check(const http::Request& request, const admin::Need& need,
                                                  gateway::Visitor& visitor) const {
  const auto links = need.linked ? gateway::Links::welcome : gateway::Links::refused;
  return gateway::check_visitor(request, *m_rules, need.scope, links, visitor);
}

admin::Admission ServeGuard::admit(const http::Request& request, const admin::Need& need) {
  admin::Admission admission;
  gateway::Visitor visitor;
  if (const auto refusal = check(request, need, visitor)) {
    gateway::Stats::add(m_stats.refused);
    admission.refused = admin::failure(refusal->status, refusal->message, refusal->type);
  }
  admission.caller = caller_of(visitor.key);
  return admission;
}

bool ServeGuard::lets_in(const http::Request& head, const admin::Need& need) const {
  gateway::Visitor visitor;
  return !check(head, need, visitor);
}

std::optional<admin::Caller> ServeGuard::holder_of(std::string_view secret) const {
  const config::ApiKey* key = m_rules->plan.saved->api_key(config::key_hash(secret));
  if (!key) return {};
  return caller_of(key);
}

admin::Caller ServeGuard::caller_of(const config::ApiKey* key) const {
  admin::Caller caller;
  caller.login_wanted = m_rules->wants_key();
  caller.tracked = m_rules->tracked && (!key || key->debug);
  caller.key_id = key ? key->id : "";
  caller.scopes = !caller.login_wanted ? k_all_scopes : key ? key->scopes : 0;
  return caller;
}

Admin::Admin(const Context& context, const Clock& clock, log::Sink& sink, std::shared_ptr<store::Env> env,
             const std::string& trouble, SavedConfigRules rules, admin::Sessions& sessions, bool tls)
    : m_rules(std::move(rules)),
      m_tail(env, clock),
      m_preferences(preferences_of(context.settings)),
      m_services{clock,
                 sink,
                 m_pool,
                 m_tail,
                 sessions,
                 m_exports,
                 m_preferences,
                 make_knowledge(context.data, m_rules, clock),
                 std::move(env),
                 trouble,
                 PK_VERSION,
                 context.settings.plan,
                 tls},
      m_routes(admin::all_routes(context.settings.ui)) {}

void Admin::set_settings(const config::Settings& settings, SavedConfigRules rules) {
  m_rules.with([&](SavedConfigRules& now) { now = std::move(rules); });
  m_preferences.with([&](admin::Preferences& now) { now = preferences_of(settings); });
}

}  // namespace pk::cmd
