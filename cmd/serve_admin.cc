#include "serve_admin.h"

#include "gateway/restricted.h"

namespace pk::cmd {

namespace {

constexpr std::uint8_t k_all_scopes = static_cast<std::uint8_t>(config::Scope::proxy) |
                                      static_cast<std::uint8_t>(config::Scope::read) |
                                      static_cast<std::uint8_t>(config::Scope::admin);

admin::Reply reply_of(const gateway::Refusal& refusal) {
  return admin::failure(refusal.status, refusal.message, refusal.type);
}

}  // namespace

admin::Admission ServeGuard::admit(const http::Request& request, const admin::Need& need) {
  admin::Admission admission;
  gateway::Visitor visitor;
  const auto links = need.linked ? gateway::Links::welcome : gateway::Links::refused;
  if (const auto refusal = gateway::check_visitor(request, *m_rules, need.scope, links, {}, visitor)) {
    gateway::Stats::add(m_stats.refused);
    admission.refused = reply_of(*refusal);
  }
  admin::Caller& caller = admission.caller;
  caller.login_wanted = m_rules->wants_key();
  caller.tracked = m_rules->tracked;
  if (!caller.login_wanted) caller.scopes = k_all_scopes;
  if (!visitor.key) return admission;
  caller.key_id = visitor.key->id;
  if (caller.login_wanted) caller.scopes = visitor.key->scopes;
  caller.tracked = caller.tracked && visitor.key->debug;
  return admission;
}

}  // namespace pk::cmd
