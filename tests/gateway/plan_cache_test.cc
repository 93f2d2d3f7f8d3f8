#include "gateway/plan_cache.h"

#include <set>

#include "gateway/saved_things.h"
#include "support/catch.h"

using namespace pk::gateway;
using namespace pk::test;

namespace {

using Planned = std::shared_ptr<const Plan>;

PlanRules rules_with(pk::config::Saved saved = {}) {
  PlanRules rules;
  rules.trusted_hosts = trusting_loopback();
  rules.saved = std::make_shared<pk::config::Saved>(std::move(saved));
  return rules;
}

Planned plan_of(PlanCache& cache, const PlanAsk& ask, const PlanRules& rules) {
  PlanOrRefusal made = cache.plan(ask, rules);
  REQUIRE(std::holds_alternative<Planned>(made));
  return std::get<Planned>(std::move(made));
}

// Every ask that one of them could be mistaken for, if parts ran into each other.
std::vector<PlanAsk> different_asks() {
  std::vector<PlanAsk> asks;
  const auto add = [&](auto&& change) {
    PlanAsk ask;
    change(ask);
    asks.push_back(ask);
  };
  add([](PlanAsk& ask) { ask.provider = "openai"; });
  add([](PlanAsk& ask) { ask.virtual_key = "openai"; });
  add([](PlanAsk& ask) { ask.model_slug = "openai"; });
  add([](PlanAsk& ask) { ask.default_provider = "openai"; });
  add([](PlanAsk& ask) { ask.config = R"({"provider":"openai","api_key":"k"})"; });
  add([](PlanAsk& ask) { ask.config = R"({"provider":"openai","api_key":"l"})"; });
  add([](PlanAsk& ask) { ask.provider = "openai", ask.custom_host = "http://127.0.0.1"; });
  add([](PlanAsk& ask) { ask.provider = "openai", ask.custom_host = "http://127.0.0.1/"; });
  add([](PlanAsk& ask) { ask.provider = "openai", ask.strict_off = true; });
  add([](PlanAsk& ask) { ask.provider = "openai", ask.named_by_prompt = true; });
  add([](PlanAsk& ask) { ask.provider = "openai", ask.default_config = "pc-1"; });
  add([](PlanAsk& ask) { ask.provider = "openai", ask.options = {{"aws_region", "a"}}; });
  add([](PlanAsk& ask) { ask.provider = "openai", ask.options = {{"aws_region", "ab"}}; });
  add([](PlanAsk& ask) { ask.provider = "openai", ask.options = {{"aws_regiona", "b"}}; });
  add([](PlanAsk& ask) { ask.provider = "openai", ask.options = {{"a", "b"}, {"c", "d"}}; });
  add([](PlanAsk& ask) { ask.provider = "openai", ask.options = {{"c", "d"}, {"a", "b"}}; });
  return asks;
}

}  // namespace

TEST_CASE("The same ask has the same plan, whoever's text it is in") {
  PlanCache cache;
  const PlanRules rules = rules_with();
  PlanAsk ask;
  ask.provider = "openai";
  ask.config = R"({"retry":{"attempts":1}})";
  const Planned first = plan_of(cache, ask, rules);
  const std::string copy(ask.config);
  PlanAsk again;
  again.provider = "openai";
  again.config = copy;
  CHECK(plan_of(cache, again, rules) == first);
}

TEST_CASE("Different asks never meet") {
  PlanCache cache;
  pk::config::Saved saved;
  saved.add(virtual_key("openai", "openai", "sk-1"));
  const PlanRules rules = rules_with(std::move(saved));
  std::set<const Plan*> plans;
  std::vector<Planned> kept;
  const std::vector<PlanAsk> asks = different_asks();
  for (const PlanAsk& ask : asks) plans.insert(kept.emplace_back(plan_of(cache, ask, rules)).get());
  CHECK(plans.size() == asks.size());
  for (std::size_t i = 0; i < asks.size(); ++i) CHECK(plan_of(cache, asks[i], rules) == kept[i]);
}

TEST_CASE("Refusals are made anew each time") {
  PlanCache cache;
  PlanRules rules = rules_with();
  PlanAsk ask;
  ask.config = "pc-later";
  CHECK(std::holds_alternative<Refusal>(cache.plan(ask, rules)));
  pk::config::Saved saved;
  saved.add(saved_config("pc-later", R"({"provider":"demo"})"));
  CHECK(plan_of(cache, ask, rules_with(std::move(saved)))->config_id == "pc-later");
}

TEST_CASE("Once the rules are others the plans are too, and those that are in use stay what they were") {
  PlanCache cache;
  pk::config::Saved before, after;
  before.add(saved_config("pc-1", R"({"provider":"demo"})", 1));
  after.add(saved_config("pc-1", R"({"provider":"ollama","custom_host":"http://127.0.0.1:1"})", 2));
  PlanAsk ask;
  ask.config = "pc-1";
  const Planned old = plan_of(cache, ask, rules_with(std::move(before)));
  cache.clear();
  const Planned now = plan_of(cache, ask, rules_with(std::move(after)));
  CHECK(now->config_version == 2);
  CHECK(now->targets[0].provider->slug == "ollama");
  CHECK(old->config_version == 1);
  CHECK(old->targets[0].provider->slug == "demo");
}

TEST_CASE("The cache is bounded in number, in the size of an ask, and in that of a plan") {
  PlanCache cache;
  const PlanRules rules = rules_with();
  std::vector<std::string> configs;
  for (std::size_t i = 0; i < 2 * k_plans_max; ++i)
    configs.push_back(R"({"provider":"openai","api_key":"key-)" + std::to_string(i) + "\"}");
  std::vector<std::weak_ptr<const Plan>> made;
  for (const std::string& config : configs) {
    PlanAsk ask;
    ask.config = config;
    made.push_back(plan_of(cache, ask, rules));
  }
  const auto kept = [&] {
    return std::count_if(made.begin(), made.end(), [](const auto& plan) { return !plan.expired(); });
  };
  CHECK(kept() == k_plans_max);

  const std::string large =
      R"({"provider":"openai","api_key":")" + std::string(k_plan_key_bytes_max, 'k') + "\"}";
  std::string many = R"({"strategy":{"mode":"loadbalance"},"targets":[)";
  for (std::size_t i = 0; i <= k_plan_targets_max; ++i) many += R"({"provider":"demo"},)";
  many.back() = ']';
  many += '}';
  for (const std::string& config : {large, many}) {
    PlanAsk ask;
    ask.config = config;
    const std::weak_ptr<const Plan> plan = plan_of(cache, ask, rules);
    CHECK(plan.expired());
  }
  CHECK(kept() == k_plans_max);
  cache.clear();
  CHECK(kept() == 0);
}

TEST_CASE("What was used last stays") {
  PlanCache cache;
  const PlanRules rules = rules_with();
  const auto config_of = [](std::size_t i) {
    return R"({"provider":"openai","api_key":"key-)" + std::to_string(i) + "\"}";
  };
  const auto plan_at = [&](std::size_t i) {
    const std::string config = config_of(i);
    PlanAsk ask;
    ask.config = config;
    return plan_of(cache, ask, rules);
  };
  const Planned first = plan_at(0);
  std::vector<Planned> plans = {first};
  for (std::size_t i = 1; i < 2 * k_plans_max; ++i) {
    plans.push_back(plan_at(i));
    CHECK(plan_at(0) == first);
  }
  // The other half of the places holds the newest ones, in any order of asking.
  for (std::size_t i = 2 * k_plans_max - 1; i > k_plans_max; --i) CHECK(plan_at(i) == plans[i]);
  CHECK(plan_at(1) != plans[1]);
}
