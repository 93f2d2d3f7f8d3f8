#include "route/sticky.h"

#include <array>

namespace pk::route {

namespace {
constexpr std::int64_t k_ms_per_s = 1000;
}  // namespace

std::optional<std::uint64_t> StickyTargets::key_of(std::string_view config_key, const config::Node& strategy,
                                                   const Facts& facts) const {
  std::vector<std::string> values;
  bool any = false;
  for (const std::string& field : strategy.sticky->hash_fields) {
    const FactValue* value = find_fact(facts, field);
    any = any || value;
    // An absent field is not an empty one.
    values.push_back(value ? '=' + value->text : std::string());
  }
  if (!any) return {};
  std::vector<std::string_view> parts = {config_key, strategy.path};
  parts.insert(parts.end(), values.begin(), values.end());
  return m_hash(parts);
}

std::vector<StickyFact> StickyTargets::find(std::string_view config_key, const Route& route,
                                            const Facts& facts, std::int64_t now_ms) {
  std::vector<StickyFact> found;
  find_below(config_key, route.root(), facts, now_ms, found);
  return found;
}

void StickyTargets::find_below(std::string_view config_key, const config::Node& node, const Facts& facts,
                               std::int64_t now_ms, std::vector<StickyFact>& found) {
  const bool sticks = node.sticky && node.mode == config::Mode::loadbalance && !node.is_target();
  if (const auto key = sticks ? key_of(config_key, node, facts) : std::nullopt) {
    m_entries.with([&](BoundedMap<Entry>& entries) {
      const Entry* entry = entries.find(*key);
      if (entry && now_ms < entry->expires_ms) found.push_back({&node, entry->target});
    });
  }
  for (const config::Node& target : node.targets) find_below(config_key, target, facts, now_ms, found);
}

void StickyTargets::remember(std::string_view config_key, const Route& route, const Facts& facts,
                             std::size_t leaf, std::int64_t now_ms) {
  for (const config::Node* node = &route.root(); !node->is_target();) {
    const std::size_t target = target_with(*node, leaf);
    const bool sticks = node->sticky && node->mode == config::Mode::loadbalance;
    if (const auto key = sticks ? key_of(config_key, *node, facts) : std::nullopt) {
      m_entries.with([&](BoundedMap<Entry>& entries) {
        Entry& entry = entries.at(*key);
        if (entry.target != target || now_ms >= entry.expires_ms)
          entry = {target, now_ms + node->sticky->ttl_s * k_ms_per_s};
      });
    }
    node = &node->targets[target];
  }
}

}  // namespace pk::route
