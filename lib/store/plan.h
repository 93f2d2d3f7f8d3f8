// The three plans: what a month includes, what more costs, and how long logs are kept (CONTRACT sections 5
// and 7).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace pk::store {

class Env;

// The numbers go to disk.
enum class Tier : std::uint8_t { developer = 0, production = 1, enterprise = 2 };

inline constexpr Tier k_default_tier = Tier::enterprise;

std::string_view slug(Tier tier);                    // "developer" …
std::optional<Tier> tier_of(std::string_view slug);  // nothing if there is no such plan

struct PlanTerms {
  std::optional<std::uint64_t> allowance;  // logs a month; none: unlimited
  bool content_past_allowance = true;      // false: past the allowance only statistics are kept
  std::uint64_t overage_step = 0;          // overage is billed per this many logs begun; 0: not billed
  double overage_step_usd = 0;
  std::optional<std::int64_t> retention_ms;   // of content; none: for ever
  std::optional<std::int64_t> statistics_ms;  // of the record without content; none: for ever
};
const PlanTerms& terms(Tier tier);

struct PlanUse {
  std::uint64_t used = 0;
  std::uint64_t overage = 0;  // logs past the allowance
  double overage_usd = 0;
};
PlanUse plan_use(Tier tier, std::uint64_t used);

// The plan kept in the ledger by `pk plan set`; k_default_tier if none was.
Result<Tier> stored_plan(const Env& env);
Result<void> set_stored_plan(Env& env, Tier tier);

// Counted in one UTC calendar month: the one that holds `wall_ms`.
struct MonthCount {
  std::uint64_t logs = 0;
  std::uint64_t content_skipped = 0;  // of these, kept without content because the allowance was used up
};
Result<MonthCount> month_count(const Env& env, std::int64_t wall_ms);

}  // namespace pk::store
