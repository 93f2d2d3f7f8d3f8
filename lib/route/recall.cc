#include "route/recall.h"

#include <algorithm>
#include <utility>

#include "route/retry.h"

namespace pk::route {

namespace {

using config::Node;

constexpr int k_bad_request = 400;
constexpr int k_timed_out = 408;
constexpr int k_too_many_requests = 429;

std::optional<std::uint16_t> leaf_named(const Route& route, std::string_view path) {
  for (std::size_t i = 0; i < route.leaf_count(); ++i)
    if (route.leaf(i).path == path) return static_cast<std::uint16_t>(i);
  return {};
}

Outcome outcome_of(const log::Attempt& attempt, std::uint16_t leaf) {
  Outcome outcome;
  outcome.leaf = leaf;
  outcome.status = static_cast<int>(attempt.http_status.value_or(0));
  if (!attempt.http_status) outcome.kind = Outcome::Kind::network_error;
  if (outcome.status == k_timed_out) outcome.kind = Outcome::Kind::timeout;
  return outcome;
}

// The client left while the provider was asked: that is no outcome.
bool was_cut_short(const log::LogRecord& record, const log::Attempt& attempt) {
  return record.state == log::State::aborted && &attempt == &record.attempts.back() && !attempt.http_status;
}

std::vector<Outcome> history_of(const Route& route, const log::LogRecord& record) {
  std::vector<Outcome> history;
  int retries = 0;
  for (const log::Attempt& attempt : record.attempts) {
    const auto leaf = leaf_named(route, attempt.option);
    if (!leaf || was_cut_short(record, attempt)) break;
    const bool again = !history.empty() && history.back().leaf == *leaf;
    retries = again ? retries + 1 : 0;
    const auto wait_ms = static_cast<std::int64_t>(attempt.wait_ms);
    if (again && history.back().status == k_too_many_requests && wait_ms != backoff_ms(retries))
      history.back().retry_after_ms = wait_ms;
    history.push_back(outcome_of(attempt, *leaf));
  }
  return history;
}

bool add_sticky(const Node& root, std::size_t leaf, Facts& facts) {
  for (const Node* node = &root; !node->is_target();) {
    const StickyFact fact{node, target_with(*node, leaf)};
    if (node->sticky && std::ranges::find(facts.sticky, node, &StickyFact::strategy) == facts.sticky.end()) {
      facts.sticky.push_back(fact);
      return true;
    }
    node = &node->targets[fact.target];
  }
  return false;
}

// One more fact that could have led to `asked` rather than to `decided`; false if there is none.
bool infer(const Route& route, std::size_t decided, std::size_t asked, Facts& facts) {
  if (route.leaf(decided).inherited.breaker && !facts.open.test(decided)) {
    facts.open.set(decided);
    return true;
  }
  return add_sticky(route.root(), asked, facts);
}

void infer_all(const Route& route, Recalled& recalled) {
  const History history(recalled.history);
  for (std::size_t i = 0; i < history.size(); ++i) {
    Decision decision = route.next(recalled.facts, history.first(i));
    // Each turn adds a fact, of which there are at most two for each target.
    while (decision.kind != Decision::Kind::finish && decision.leaf != history[i].leaf) {
      if (!infer(route, decision.leaf, history[i].leaf, recalled.facts)) return;
      decision = route.next(recalled.facts, history.first(i));
    }
  }
}

// What no answer came to while the client got 400 was not to be asked at all. And of a client that left, and
// a last retry-after that asked for too long a wait, only the latter leaves a 429.
void infer_end(const Route& route, const log::LogRecord& record, Recalled& recalled) {
  if (recalled.history.empty()) return;
  Outcome& last = recalled.history.back();
  if (last.kind == Outcome::Kind::network_error && record.http_status == k_bad_request)
    last.kind = Outcome::Kind::gateway_exception;
  if (last.status != k_too_many_requests) return;
  const Decision decision = route.next(recalled.facts, recalled.history);
  if (decision.kind != Decision::Kind::finish && decision.leaf == last.leaf)
    last.retry_after_ms = k_retry_wait_ms_max;
}

}  // namespace

Recalled recall(const Route& route, const log::LogRecord& record, ParamLookup param) {
  Recalled recalled;
  recalled.facts.seed = static_cast<std::uint64_t>(record.seed);
  recalled.facts.url_path = record.path;
  recalled.facts.metadata = record.metadata;
  recalled.facts.param = std::move(param);
  recalled.history = history_of(route, record);
  infer_all(route, recalled);
  infer_end(route, record, recalled);
  return recalled;
}

}  // namespace pk::route
