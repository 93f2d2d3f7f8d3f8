#include "store/plan.h"

#include <array>

#include "store/month.h"
#include "store/txn.h"
#include "store/wire.h"

namespace pk::store {

namespace {

constexpr std::int64_t k_day_ms = 86'400'000;
constexpr std::array<std::string_view, 3> k_slugs = {"developer", "production", "enterprise"};

const std::array<PlanTerms, 3> k_terms = {{
    {10'000, false, 0, 0, 3 * k_day_ms, 30 * k_day_ms},
    {100'000, true, 100'000, 9, 30 * k_day_ms, 365 * k_day_ms},
    {std::nullopt, true, 0, 0, std::nullopt, std::nullopt},
}};

}  // namespace

std::string_view slug(Tier tier) {
  return k_slugs[static_cast<std::size_t>(tier)];
}

std::optional<Tier> tier_of(std::string_view slug) {
  for (std::size_t i = 0; i < k_slugs.size(); ++i)
    if (k_slugs[i] == slug) return static_cast<Tier>(i);
  return {};
}

const PlanTerms& terms(Tier tier) {
  return k_terms[static_cast<std::size_t>(tier)];
}

PlanUse plan_use(Tier tier, std::uint64_t used) {
  const PlanTerms& plan = terms(tier);
  PlanUse use{used, 0, 0};
  if (!plan.allowance || used <= *plan.allowance) return use;
  use.overage = used - *plan.allowance;
  if (plan.overage_step > 0) {
    const std::uint64_t steps = (use.overage + plan.overage_step - 1) / plan.overage_step;
    use.overage_usd = static_cast<double>(steps) * plan.overage_step_usd;
  }
  return use;
}

Result<Tier> plan_in(const Txn& txn) {
  PK_ASSIGN(const auto value, txn.get(Table::meta, "plan"));
  if (!value) return k_default_tier;
  WireReader in(*value);
  const auto number = in.fixed<std::uint8_t>();
  if (!in.ok() || number >= k_slugs.size())
    return Error{Errc::corrupt, "the ledger holds a plan that this pk does not know: `pk plan set` mends it"};
  return static_cast<Tier>(number);
}

Result<Tier> stored_plan(const Env& env) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  return plan_in(txn);
}

Result<void> set_stored_plan(Env& env, Tier tier) {
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  PK_TRY(txn.put(Table::meta, "plan", std::string(1, static_cast<char>(tier))));
  return txn.commit();
}

Result<MonthCount> month_count(const Env& env, std::int64_t wall_ms) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  return read_month(txn, month_of(wall_ms));
}

}  // namespace pk::store
