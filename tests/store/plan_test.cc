#include "store/plan.h"

#include "store/fixture.h"

namespace pk::store::test {

TEST_CASE("The three plans are what the contract says") {
  REQUIRE(terms(Tier::developer).allowance == 10'000);
  REQUIRE_FALSE(terms(Tier::developer).content_past_allowance);
  REQUIRE(terms(Tier::developer).retention_ms == 3 * k_day_ms);
  REQUIRE(terms(Tier::developer).statistics_ms == 30 * k_day_ms);
  REQUIRE(terms(Tier::production).allowance == 100'000);
  REQUIRE(terms(Tier::production).content_past_allowance);
  REQUIRE(terms(Tier::production).retention_ms == 30 * k_day_ms);
  REQUIRE(terms(Tier::production).statistics_ms == 365 * k_day_ms);
  REQUIRE_FALSE(terms(Tier::enterprise).allowance);
  REQUIRE_FALSE(terms(Tier::enterprise).retention_ms);
  REQUIRE_FALSE(terms(Tier::enterprise).statistics_ms);
}

TEST_CASE("Overage is billed per 100,000 begun") {
  struct Case {
    Tier tier;
    std::uint64_t used, overage;
    double usd;
  };
  const std::vector<Case> cases = {
      {Tier::production, 0, 0, 0},
      {Tier::production, 100'000, 0, 0},
      {Tier::production, 100'001, 1, 9},
      {Tier::production, 200'000, 100'000, 9},
      {Tier::production, 200'001, 100'001, 18},
      {Tier::production, 1'000'000, 900'000, 81},
      {Tier::developer, 10'000, 0, 0},
      {Tier::developer, 12'345, 2'345, 0},
      {Tier::enterprise, 9'000'000, 0, 0},
  };
  for (const Case& c : cases) {
    const PlanUse use = plan_use(c.tier, c.used);
    INFO(slug(c.tier) << " " << c.used);
    REQUIRE(use.used == c.used);
    REQUIRE(use.overage == c.overage);
    REQUIRE(use.overage_usd == c.usd);
  }
}

TEST_CASE("Plans have names, and no others") {
  for (const Tier tier : {Tier::developer, Tier::production, Tier::enterprise})
    REQUIRE(tier_of(slug(tier)) == tier);
  for (const char* name : {"", "Developer", "free", "enterprise "}) REQUIRE_FALSE(tier_of(name));
}

TEST_CASE("The plan set is kept across a reopening; none set is enterprise") {
  const TempDir dir;
  REQUIRE(must(stored_plan(*open_env(dir))) == Tier::enterprise);
  must(set_stored_plan(*open_env(dir), Tier::production));
  REQUIRE(must(stored_plan(*open_env(dir, Mode::read_only))) == Tier::production);
}

}  // namespace pk::store::test
