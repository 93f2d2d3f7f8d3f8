#include "route/summary.h"

#include "route/retry.h"

namespace pk::route {

namespace {

using config::Mode;
using config::Node;

void mark_strategies(const Node& root, std::size_t leaf, Summary& summary) {
  const Node* node = &root;
  while (!node->is_target()) {
    if (node->mode == Mode::fallback) summary.fallback = log::Active::active;
    if (node->mode == Mode::loadbalance) summary.loadbalance = log::Active::active;
    node = &node->targets[target_with(*node, leaf)];
  }
  summary.last_used_option = node->path;
}

// The outcomes of the last used option: a route never comes back to one, so they stand together.
History last_of(History history) {
  std::size_t first = history.size();
  while (first > 0 && history[first - 1].leaf == history.back().leaf) --first;
  return history.subspan(first);
}

void count_retries(const Node& target, History history, Summary& summary) {
  RetryState state(target.inherited.retry);
  RetryStep step;
  for (const Outcome& outcome : history) step = state.after(outcome);
  summary.retry_attempts = static_cast<std::int64_t>(history.size()) - 1;
  const bool in_vain = step.what == RetryStep::What::exhausted || step.what == RetryStep::What::gave_up ||
                       (summary.retry_attempts > 0 && !is_ok(history.back()));
  if (in_vain)
    summary.retry = log::Retry::failed;
  else if (summary.retry_attempts > 0)
    summary.retry = log::Retry::success;
  summary.retry_count_header = in_vain ? -1 : summary.retry_attempts;
}

}  // namespace

Summary summary(const Route& route, const Facts& facts, History history) {
  Summary summary;
  if (!history.empty()) {
    const std::size_t leaf = history.back().leaf;
    mark_strategies(route.root(), leaf, summary);
    count_retries(route.leaf(leaf), last_of(history), summary);
    return summary;
  }
  const Decision first = route.next(facts, history);
  if (first.kind == Decision::Kind::finish)
    summary.last_used_option = route.root().path;
  else
    mark_strategies(route.root(), first.leaf, summary);
  return summary;
}

}  // namespace pk::route
