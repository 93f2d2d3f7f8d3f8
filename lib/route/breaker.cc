#include "route/breaker.h"

#include <array>

namespace pk::route {

namespace {

constexpr int k_failure_status_min = 500;

bool has_reached(const config::Breaker& rule, const BreakerState& state) {
  if (rule.failure_threshold && state.failures >= *rule.failure_threshold) return true;
  if (!rule.failure_threshold_percentage || state.failures == 0 || state.requests < rule.minimum_requests)
    return false;
  return static_cast<double>(state.failures) * 100 >=
         *rule.failure_threshold_percentage * static_cast<double>(state.requests);
}

}  // namespace

std::optional<bool> is_failure(const config::Breaker& rule, const Outcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Kind::gateway_exception:
      return {};
    case Outcome::Kind::network_error:
      return true;
    case Outcome::Kind::timeout:
      return rule.failure_status_codes.empty() || is_listed(outcome, rule.failure_status_codes);
    case Outcome::Kind::status:
      break;
  }
  if (rule.failure_status_codes.empty()) return outcome.status >= k_failure_status_min;
  return is_listed(outcome, rule.failure_status_codes);
}

bool is_open(const config::Breaker& rule, const BreakerState& state, std::int64_t now_ms) {
  return state.opened_ms && now_ms - *state.opened_ms < rule.cooldown_ms;
}

BreakerState counted(const config::Breaker& rule, BreakerState state, bool failure, std::int64_t now_ms) {
  if (is_open(rule, state, now_ms)) return state;
  if (state.opened_ms || state.requests == 0 || now_ms - state.window_start_ms >= rule.cooldown_ms) {
    state = {};
    state.window_start_ms = now_ms;
  }
  ++state.requests;
  if (failure) ++state.failures;
  if (failure && has_reached(rule, state)) state.opened_ms = now_ms;
  return state;
}

std::uint64_t Breakers::key_of(std::string_view config_key, const config::Node& leaf) const {
  const std::array<std::string_view, 2> parts = {config_key, leaf.path};
  return m_hash(parts);
}

Leaves Breakers::open(std::string_view config_key, const Route& route, std::int64_t now_ms) {
  Leaves leaves;
  find_open(config_key, route.root(), now_ms, leaves);
  return leaves;
}

void Breakers::find_open(std::string_view config_key, const config::Node& node, std::int64_t now_ms,
                         Leaves& open) {
  for (const config::Node& target : node.targets) find_open(config_key, target, now_ms, open);
  if (!node.is_target() || !node.inherited.breaker) return;
  const std::uint64_t key = key_of(config_key, node);
  open[node.leaf_begin] = m_states.with([&](BoundedMap<BreakerState>& states) {
    const BreakerState* state = states.find(key);
    return state && is_open(*node.inherited.breaker, *state, now_ms);
  });
}

void Breakers::count(std::string_view config_key, const Route& route, const Outcome& outcome,
                     std::int64_t now_ms) {
  const config::Node& leaf = route.leaf(outcome.leaf);
  if (!leaf.inherited.breaker) return;
  const config::Breaker& rule = *leaf.inherited.breaker;
  const auto failure = is_failure(rule, outcome);
  if (!failure) return;
  const std::uint64_t key = key_of(config_key, leaf);
  m_states.with([&](BoundedMap<BreakerState>& states) {
    BreakerState& state = states.at(key);
    state = counted(rule, state, *failure, now_ms);
  });
}

}  // namespace pk::route
