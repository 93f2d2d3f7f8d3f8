#include "gateway/gateway.h"

#include <utility>

#include "gateway/exchange.h"
#include "gateway/restricted.h"

namespace pk::gateway {

std::uint64_t Gateway::body_bytes_max(const http::Request& head) const {
  return gateway::body_bytes_max(head, *m_rules, config::Scope::proxy);
}

Task<void> Gateway::handle(http::Request& request, http::Responder& responder) {
  Exchange exchange(m_deps, m_rules, m_ids.next(), request, responder);
  co_await exchange.run(m_bodies, m_plans);
}

// Its plan is not kept: it may hold keys that were lent to this one request.
Task<void> Gateway::replay(Replay replay, std::shared_ptr<const Rules> rules, http::Request& request,
                           http::Responder& responder) {
  PlanCache plans;
  Exchange exchange(m_deps, std::move(rules), m_ids.next(), request, responder, &replay);
  co_await exchange.run(m_bodies, plans);
}

Task<void> Gateway::handle_malformed(http::Request& request, const http::Malformed& problem,
                                     http::Responder& responder) {
  Exchange exchange(m_deps, m_rules, m_ids.next(), request, responder);
  Refusal refusal;
  refusal.status = problem.status;
  refusal.message = problem.reason;
  refusal.counted_only = !problem.head_known;  // without a head there is nothing to record but bytes
  co_await exchange.run_malformed(std::move(refusal));
}

}  // namespace pk::gateway
