#include "serve_admin.h"

#include <utility>

#include "gateway/restricted.h"

namespace pk::cmd {

namespace {

constexpr std::uint8_t k_all_scopes = static_cast<std::uint8_t>(config::Scope::proxy) |
                                      static_cast<std::uint8_t>(config::Scope::read) |
                                      static_cast<std::uint8_t>(config::Scope::admin);

}  // namespace

admin::Admission ServeGuard::admit(const http::Request& request, const admin::Need& need) {
  admin::Admission admission;
  gateway::Visitor visitor;
  const auto links = need.linked ? gateway::Links::welcome : gateway::Links::refused;
  const auto refusal = gateway::check_visitor(request, *m_rules, need.scope, links, visitor);
  if (refusal) {
    gateway::Stats::add(m_stats.refused);
    admission.refused = admin::failure(refusal->status, refusal->message, refusal->type);
  }
  admission.caller = caller_of(visitor.key);
  return admission;
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
             const std::string& trouble, SavedConfigRules rules, admin::Sessions& sessions)
    : m_rules(std::move(rules)),
      m_tail(env, clock),
      m_services{clock,
                 sink,
                 m_pool,
                 m_tail,
                 sessions,
                 m_exports,
                 make_knowledge(context.data, m_rules, clock),
                 std::move(env),
                 trouble,
                 PK_VERSION,
                 context.settings.plan,
                 context.settings.public_url,
                 context.settings.share_patterns},
      m_routes(admin::all_routes(context.settings.ui)) {}

void Admin::set_rules(SavedConfigRules rules) {
  m_rules.with([&](SavedConfigRules& now) { now = std::move(rules); });
}

}  // namespace pk::cmd
