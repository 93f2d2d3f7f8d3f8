// The middle of an exchange: whom it asks, how often, and what it waits for.
#include <algorithm>
#include <utility>

#include "gateway/exchange.h"

namespace pk::gateway {

namespace {
constexpr int k_timed_out = 408;
}  // namespace

// The first decision. It is made before the record is opened, so that what cannot be asked is a refusal.
Exchange::Step Exchange::begin_route() {
  m_decision.kind = route::Decision::Kind::send;
  if (m_plan->is_plain()) {
    if (may_be_shadowed()) m_kept_headers = m_request.headers;
    return prepare(0);
  }
  m_kept_headers = m_request.headers;
  m_options = read_options(m_kept_headers);
  m_route_facts.url_path = m_recorder.record().path;
  m_route_facts.metadata = m_recorder.record().metadata;
  m_route_facts.param = [this](std::string_view name) { return param(name); };
  const route::Route route(*m_plan->root);
  m_route_facts.open = m_deps.breakers.open(m_plan->config_key, route, steady_ms());
  m_route_facts.sticky = m_deps.sticky.find(m_plan->config_key, route, m_route_facts, steady_ms());
  m_decision = route.next(m_route_facts, m_history);
  const bool finished = m_decision.kind == route::Decision::Kind::finish;
  Step refusal =
      finished ? make_refusal(400, std::string(m_decision.refusal), "invalid_request_error") : prepare_next();
  m_recorder.routed(summary());
  return refusal;
}

// The body is walked once, for all that the config may ask of it, and not before it asks.
std::optional<std::string_view> Exchange::param(std::string_view name) {
  if (!is_unified()) return {};
  if (m_params.empty()) m_params = provider::find_top_level(request_body(), m_plan->params);
  const auto known = std::ranges::lower_bound(m_plan->params, name);
  if (known == m_plan->params.end() || *known != name) return {};
  const auto& span = m_params[static_cast<std::size_t>(known - m_plan->params.begin())];
  return span ? std::optional(span->of(request_body())) : std::nullopt;
}

// A target that cannot be asked ends the route as its last one.
Exchange::Step Exchange::prepare_next() {
  Step refusal = prepare(m_decision.leaf);
  if (refusal) m_history.push_back({m_decision.leaf, route::Outcome::Kind::gateway_exception, 0, {}});
  return refusal;
}

Exchange::Step Exchange::prepare(std::uint16_t leaf) {
  const Target& target = m_plan->targets[leaf];
  m_attempt = std::make_unique<Attempt>(target, leaf);
  const http::Headers& headers = m_plan->is_plain() ? m_request.headers : m_kept_headers;
  const Inbound in{m_endpoint, m_request.method, asked_path(), m_request.query(),     headers,
                   m_options,  request_body(),   m_facts,      m_deps.clock.wall_ms()};
  auto refusal = m_attempt->prepare(in, m_rules->plan.trusted_hosts);
  m_recorder.target(target, m_attempt->key(), m_attempt->model());
  return refusal;
}

route::Summary Exchange::summary() const {
  return route::summary(route::Route(*m_plan->root), m_route_facts, m_history);
}

// Until there is an answer that the route leaves it at, or the client has left.
Task<void> Exchange::ask() {
  const route::Route route(*m_plan->root);
  while (!left()) {
    co_await attempt();
    if (m_plan->is_plain()) break;
    m_history.push_back(m_attempt->outcome(m_deps.clock.wall_ms()));
    if (left()) break;
    // A stored answer says nothing about how its target is now.
    if (!m_stored) m_deps.breakers.count(m_plan->config_key, route, m_history.back(), steady_ms());
    m_decision = route.next(m_route_facts, m_history);
    if (m_decision.kind == route::Decision::Kind::finish) break;
    if (m_lookup || m_stored) forget_lookup();
    co_await give_up_attempt();
    co_await wait();
    if (left()) break;
    m_refusal = prepare_next();
    if (m_refusal) break;
  }
  if (!m_plan->is_plain()) m_recorder.routed(summary());
}

Task<void> Exchange::attempt() {
  if (!m_plan->is_plain())
    m_deps.sticky.remember(m_plan->config_key, route::Route(*m_plan->root), m_route_facts, m_decision.leaf,
                           steady_ms());
  if (is_cached()) {
    co_await look_up();
    if (left()) co_return;
  }
  if (m_stored) {
    co_await m_attempt->head();
    co_return;
  }
  m_recorder.attempt_begins(m_attempt->target().node->path, m_decision.wait_ms);
  m_attempt->start(m_deps.upstream, request_body(), m_recorder.record());
  co_await m_attempt->head();
  if (const upstream::Head* head = m_attempt->answer()) m_recorder.attempt_head(head->status);
  if (const auto& error = m_attempt->error())
    m_recorder.attempt_failed(error_class(error->code), error->message);
  // What the client would get for it tells a timeout from an upstream that cannot be reached
  // (route/recall.h).
  if (m_attempt->timed_out()) m_recorder.attempt_head(k_timed_out);
}

// Its answer is not for the client; its words are for the record.
Task<void> Exchange::give_up_attempt() {
  const std::string words = co_await m_attempt->passed_over(m_deps.timers);
  m_recorder.attempt_passed_over(words);
  Stats::add(m_deps.stats.upstream_errors);
}

Task<void> Exchange::wait() {
  if (m_decision.wait_ms <= 0 || left()) co_return;
  m_waiting = true;
  const auto timer = m_deps.timers.start(m_decision.wait_ms, [this] { m_waited.set(); });
  co_await m_waited;
  m_waiting = false;
}

void Exchange::leave() {
  if (m_waiting) return m_waited.set();
  if (m_lookup && !m_found) return m_lookup->cancel();
  if (m_attempt) m_attempt->cancel();
}

}  // namespace pk::gateway
