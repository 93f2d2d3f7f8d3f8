// The plans that were used last: clients send the same headers again and again, and making a plan costs as
// much as relaying an answer. Lives on one worker thread.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/plan.h"

namespace pk::gateway {

inline constexpr std::size_t k_plans_max = 256;
inline constexpr std::size_t k_plan_key_bytes_max = 8 * 1024;  // what asks with more is planned each time
// The same for a config in the header with more targets: what is inherited stands in each of them.
inline constexpr std::size_t k_plan_targets_max = 16;

class PlanCache {
 public:
  // make_plan(), or what it gave before for the same ask. Refusals are not kept.
  PlanOrRefusal plan(const PlanAsk& ask, const PlanRules& rules);
  // The rules are others from now on.
  void clear();

 private:
  struct Kept {
    std::string key;
    std::shared_ptr<const Plan> plan;
  };
  using Plans = std::list<Kept>;

  std::string m_key;  // of the latest ask; its memory is kept
  Plans m_plans;      // the one used last in front
  std::unordered_map<std::string_view, Plans::iterator> m_places;
};

}  // namespace pk::gateway
