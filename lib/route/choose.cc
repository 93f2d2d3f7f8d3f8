#include "route/choose.h"

#include <algorithm>

#include "route/conditional.h"

namespace pk::route {

namespace {

using config::Node;

// FNV-1a (64 bits): a path is short, and nobody gains by making two collide.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

// Splitmix64's last step: seeds that differ in one bit give draws that have nothing in common.
std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

double weight_of(const Node& strategy, std::size_t target, const Facts& facts, bool bypassed) {
  const Node& node = strategy.targets[target];
  return bypassed || !is_open(node, facts) ? node.weight : 0;
}

double weight_sum(const Node& strategy, const Facts& facts, bool bypassed) {
  double sum = 0;
  for (std::size_t i = 0; i < strategy.targets.size(); ++i) sum += weight_of(strategy, i, facts, bypassed);
  return sum;
}

Choice by_weight(const Node& strategy, const Facts& facts) {
  Choice choice;
  choice.by = Choice::By::weight;
  choice.bypassed = is_bypassed(strategy, facts);
  choice.weight_sum = weight_sum(strategy, facts, choice.bypassed);
  if (choice.weight_sum == 0) {  // only drained targets are left closed
    choice.bypassed = true;
    choice.weight_sum = weight_sum(strategy, facts, true);
  }
  double left = draw(facts.seed, strategy.path) * choice.weight_sum;
  for (std::size_t i = 0; i < strategy.targets.size(); ++i) {
    const double weight = weight_of(strategy, i, facts, choice.bypassed);
    if (weight == 0) continue;
    // Kept even if rounding lets `left` outlast the last one.
    choice.target = i;
    choice.weight = weight;
    if ((left -= weight) < 0) break;
  }
  return choice;
}

Choice balanced(const Node& strategy, const Facts& facts) {
  const auto known = std::ranges::find(facts.sticky, &strategy, &StickyFact::strategy);
  if (strategy.sticky && known != facts.sticky.end() && known->target < strategy.targets.size() &&
      weight_of(strategy, known->target, facts, is_bypassed(strategy, facts)) > 0)
    return {known->target, Choice::By::sticky};
  return by_weight(strategy, facts);
}

// Looked for once: the facts stay what they are, however often the route is asked for its next step.
std::optional<std::size_t> first_that_holds(const Node& strategy, const Facts& facts) {
  const auto [known, is_new] = facts.known.conditions.try_emplace(&strategy);
  for (std::size_t i = 0; is_new && !known->second && i < strategy.conditions.size(); ++i)
    if (holds(strategy.conditions[i].query, facts)) known->second = i;
  return known->second;
}

Choice conditional(const Node& strategy, const Facts& facts) {
  Choice choice;
  if (const auto condition = first_that_holds(strategy, facts)) {
    choice.target = strategy.conditions[*condition].then;
    choice.by = Choice::By::condition;
    choice.condition = *condition;
    return choice;
  }
  choice.target = strategy.default_target.value_or(0);
  choice.by = strategy.default_target ? Choice::By::otherwise : Choice::By::nothing;
  return choice;
}

}  // namespace

bool is_open(const Node& node, const Facts& facts) {
  if (facts.open.none()) return false;
  for (std::size_t leaf = node.leaf_begin; leaf < node.leaf_end; ++leaf)
    if (!facts.open.test(leaf)) return false;
  return true;
}

bool is_bypassed(const Node& strategy, const Facts& facts) {
  return is_open(strategy, facts);
}

Choice choose(const Node& strategy, const Facts& facts) {
  switch (strategy.mode) {
    case config::Mode::loadbalance:
      return balanced(strategy, facts);
    case config::Mode::conditional:
      return conditional(strategy, facts);
    default:
      return {};
  }
}

double draw(std::uint64_t seed, std::string_view path) {
  // The upper 53 bits: what a double holds.
  return static_cast<double>(mixed(mixed(seed) ^ hash_of(path)) >> 11) * 0x1.0p-53;
}

}  // namespace pk::route
