// What serve puts behind the control plane: who may use it, what it works with, and what it needs of rooms
// that it does not see.
#pragma once

#include <memory>

#include "admin/control_plane.h"
#include "config/settings.h"
#include "gateway/gateway.h"

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

 private:
  std::shared_ptr<const gateway::Rules> m_rules;
  gateway::Stats& m_stats;
};

// What all workers share of the control plane; any thread. Outlives them.
class Admin {
 public:
  Admin(const config::Settings& settings, const Clock& clock, log::Sink& sink,
        std::shared_ptr<store::Env> env, const std::string& trouble)
      : m_services{clock,
                   sink,
                   m_pool,
                   std::move(env),
                   trouble,
                   settings.public_url,
                   settings.share_patterns},
        m_routes(admin::all_routes(settings.ui)) {}

  const admin::Services& services() const { return m_services; }
  const admin::RouteTable& routes() const { return m_routes; }

  // Runs what was begun to its end. The workers' loops are still there, and none runs any more.
  void stop() { m_pool.stop(); }

 private:
  admin::Pool m_pool;
  admin::Services m_services;
  admin::RouteTable m_routes;
};

}  // namespace pk::cmd
