// What serve puts behind the control plane: who may use it, and what it works with.
#pragma once

#include <memory>

#include "admin/control_plane.h"
#include "command.h"
#include "gateway/gateway.h"
#include "gateway/restricted.h"
#include "serve_knowledge.h"

namespace pk::cmd {

// Who may, by the rules of the data plane. Lives on one worker's thread.
class ServeGuard final : public admin::Guard {
 public:
  // What is refused is counted in `stats`.
  ServeGuard(std::shared_ptr<const gateway::Rules> rules, gateway::Stats& stats)
      : m_rules(std::move(rules)), m_stats(stats) {}

  // For requests from now on.
  void set_rules(std::shared_ptr<const gateway::Rules> rules) { m_rules = std::move(rules); }

  admin::Admission admit(const http::Request& request, const admin::Need& need) override;
  bool lets_in(const http::Request& head, const admin::Need& need) const override;
  std::optional<admin::Caller> holder_of(std::string_view secret) const override;

 private:
  std::optional<gateway::Refusal> check(const http::Request& request, const admin::Need& need,
                                        gateway::Visitor& visitor) const;
  admin::Caller caller_of(const config::ApiKey* key) const;

  std::shared_ptr<const gateway::Rules> m_rules;
  gateway::Stats& m_stats;
};

// What all workers share of the control plane; any thread. Outlives them, and is outlived by what it is made
// of.
class Admin {
 public:
  Admin(const Context& context, const Clock& clock, log::Sink& sink, std::shared_ptr<store::Env> env,
        const std::string& trouble, SavedConfigRules rules, admin::Sessions& sessions, bool tls);

  const admin::Services& services() const { return m_services; }
  const admin::RouteTable& routes() const { return m_routes; }

  // Other settings hold now.
  void set_settings(const config::Settings& settings, SavedConfigRules rules);

  // Ends what would never end by itself: before the workers drain.
  void end_tails() { m_tail.stop(); }
  // Runs what was begun to its end. The workers' loops are still there, and none runs any more.
  void stop() { m_pool.stop(); }

 private:
  CurrentRules m_rules;
  admin::Pool m_pool;
  admin::Tail m_tail;
  admin::Exports m_exports;
  Guarded<admin::Preferences> m_preferences;
  admin::Services m_services;
  admin::RouteTable m_routes;
};

}  // namespace pk::cmd
