#include "gateway/plan_cache.h"

#include <utility>

namespace pk::gateway {

namespace {

// Each part with its length, so that none can pass for another.
void append_part(std::string& key, std::string_view part) {
  const auto size = static_cast<std::uint32_t>(part.size());
  key.append(reinterpret_cast<const char*>(&size), sizeof size).append(part);
}

void make_key(std::string& key, const PlanAsk& ask) {
  key.clear();
  for (const std::string_view part : {ask.provider, ask.virtual_key, ask.config, ask.custom_host,
                                      ask.model_slug, ask.default_provider, ask.default_config})
    append_part(key, part);
  key += ask.strict_off ? '1' : '0';
  key += ask.named_by_prompt ? '1' : '0';
  for (const auto& [name, value] : ask.options) {
    append_part(key, name);
    append_part(key, value);
  }
}

bool is_kept(std::string_view key, const Plan& plan) {
  const bool small = plan.targets.size() <= k_plan_targets_max || !plan.config_id.empty();
  return small && key.size() <= k_plan_key_bytes_max;
}

}  // namespace

PlanOrRefusal PlanCache::plan(const PlanAsk& ask, const PlanRules& rules) {
  make_key(m_key, ask);
  const auto found = m_places.find(std::string_view(m_key));
  if (found != m_places.end()) {
    m_plans.splice(m_plans.begin(), m_plans, found->second);
    return found->second->plan;
  }
  PlanOrRefusal made = make_plan(ask, rules);
  const auto* plan = std::get_if<std::shared_ptr<const Plan>>(&made);
  if (!plan || !is_kept(m_key, **plan)) return made;
  if (m_plans.size() == k_plans_max) {
    m_places.erase(m_plans.back().key);
    m_plans.pop_back();
  }
  m_plans.push_front({m_key, *plan});
  m_places.emplace(m_plans.front().key, m_plans.begin());
  return made;
}

void PlanCache::clear() {
  m_places.clear();
  m_plans.clear();
}

}  // namespace pk::gateway
