#include "gateway/gateway.h"

#include <limits>
#include <utility>

#include "base/text.h"
#include "gateway/exchange.h"
#include "gateway/restricted.h"

namespace pk::gateway {

namespace {

// What is small is judged once it is there, with the rest.
constexpr std::int64_t k_unasked_body_bytes = 64 * 1024;

bool has_small_body(const http::Request& head) {
  const auto length = http::find_header(head.headers, "content-length");
  const auto bytes = length ? parse_int(*length) : std::nullopt;
  return bytes && *bytes <= k_unasked_body_bytes;
}

}  // namespace

std::uint64_t Gateway::body_bytes_max(const http::Request& head) const {
  constexpr auto k_any = std::numeric_limits<std::uint64_t>::max();
  if (!m_rules->wants_key() || has_small_body(head)) return k_any;
  Visitor visitor;
  return check_visitor(head, *m_rules, config::Scope::proxy, Links::refused, visitor) ? 0 : k_any;
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
