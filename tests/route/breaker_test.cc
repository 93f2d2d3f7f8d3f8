#include "route/breaker.h"

#include <thread>

#include "route/plays.h"

namespace pk::route {
namespace {

using namespace plays;

constexpr std::int64_t k_cooldown_ms = 30'000;
const config::Breaker k_by_count{3, {}, 0, k_cooldown_ms, {}};
const config::Breaker k_by_rate{{}, 50, 4, k_cooldown_ms, {}};

// "x" fails, "." succeeds, one a second; the state after them.
BreakerState after(const config::Breaker& rule, std::string_view outcomes, BreakerState state = {},
                   std::int64_t from_ms = 0) {
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    state = counted(rule, state, outcomes[i] == 'x', from_ms + static_cast<std::int64_t>(i) * 1000);
  return state;
}

bool opens(const config::Breaker& rule, std::string_view outcomes) {
  return is_open(rule, after(rule, outcomes), static_cast<std::int64_t>(outcomes.size()) * 1000);
}

TEST_CASE("It opens when the failures reach the threshold, successes between them or not") {
  CHECK_FALSE(opens(k_by_count, "xx"));
  CHECK(opens(k_by_count, "xxx"));
  CHECK(opens(k_by_count, "x..x...x"));
  CHECK_FALSE(opens(k_by_count, "........"));
}

TEST_CASE("It opens when their share reaches the percentage of enough requests") {
  CHECK_FALSE(opens(k_by_rate, "xxx"));
  CHECK(opens(k_by_rate, "xxxx"));
  CHECK(opens(k_by_rate, "..xx"));
  CHECK_FALSE(opens(k_by_rate, "...xx"));
  CHECK(opens({{}, 100, 0, k_cooldown_ms, {}}, "x"));
}

TEST_CASE("It closes by itself after the cooldown and counts from nothing") {
  const BreakerState opened = after(k_by_count, "xxx");
  CHECK(opened.opened_ms == 2000);
  CHECK(is_open(k_by_count, opened, 2000 + k_cooldown_ms - 1));
  CHECK_FALSE(is_open(k_by_count, opened, 2000 + k_cooldown_ms));
  const BreakerState again = after(k_by_count, "xx", opened, 2000 + k_cooldown_ms);
  CHECK(again.failures == 2);
  CHECK_FALSE(again.opened_ms);
  CHECK(after(k_by_count, "xxx", opened, 2000 + k_cooldown_ms).opened_ms);
}

TEST_CASE("What comes in late while it is open changes nothing") {
  const BreakerState opened = after(k_by_count, "xxx");
  CHECK(after(k_by_count, "x..x", opened, 3000) == opened);
}

TEST_CASE("Failures far apart are not added up") {
  BreakerState state;
  for (std::int64_t at = 0; at < 10; ++at)
    state = counted(k_by_count, state, true, at * (k_cooldown_ms / 2 + 1));
  CHECK_FALSE(state.opened_ms);
}

TEST_CASE("What counts as a failure") {
  const config::Breaker listed{1, {}, 0, k_cooldown_ms, {429}};
  const auto failure = [](const config::Breaker& rule, int met) {
    return is_failure(rule, outcome_of(met, 0));
  };
  for (const int met : {500, 503, k_network, k_timeout}) CHECK(failure(k_by_count, met) == true);
  for (const int met : {200, 404, 429}) CHECK(failure(k_by_count, met) == false);
  CHECK(failure(listed, 429) == true);
  CHECK(failure(listed, 500) == false);
  CHECK(failure(listed, k_timeout) == false);
  CHECK(failure(listed, k_network) == true);
  CHECK(failure(k_by_count, k_exception) == std::nullopt);
}

const std::string k_two = targets(R"({"mode":"fallback","cb_config":{"failure_threshold":2}})", 2);

TEST_CASE("The table opens a target of one config and no other") {
  Breakers breakers(KeyedHash::random());
  const Play play(k_two);
  breakers.count("pc-1", play.route, outcome_of(500, 1), 0);
  CHECK(breakers.open("pc-1", play.route, 0).none());
  breakers.count("pc-1", play.route, outcome_of(k_network, 1), 10);
  CHECK(breakers.open("pc-1", play.route, 20) == Leaves().set(1));
  CHECK(breakers.open("pc-2", play.route, 20).none());
  CHECK(breakers.open("pc-1", play.route, 10 + k_cooldown_ms).none());
}

TEST_CASE("A config without a breaker has none that could open") {
  Breakers breakers(KeyedHash::random());
  const Play play(targets(R"({"mode":"fallback"})", 2));
  for (int i = 0; i < 10; ++i) breakers.count("pc-1", play.route, outcome_of(500, 0), i);
  CHECK(breakers.open("pc-1", play.route, 10).none());
}

TEST_CASE("The table is bounded: what was unused longest is forgotten") {
  Breakers breakers(KeyedHash::random(), 8);
  const Play play(targets(R"({"mode":"fallback","cb_config":{"failure_threshold":1}})", 1));
  for (int i = 0; i < 100; ++i) breakers.count(std::to_string(i), play.route, outcome_of(500, 0), i);
  CHECK(breakers.open("99", play.route, 100).any());
  CHECK(breakers.open("92", play.route, 100).any());
  CHECK(breakers.open("91", play.route, 100).none());
}

TEST_CASE("Workers share what they count") {
  Breakers breakers(KeyedHash::random());
  const Play play(targets(R"({"mode":"fallback","cb_config":{"failure_threshold":4000}})", 1));
  const auto count = [&] {
    for (int i = 0; i < 1000; ++i) breakers.count("pc-1", play.route, outcome_of(500, 0), 0);
  };
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i) workers.emplace_back(count);
  for (std::thread& worker : workers) worker.join();
  CHECK(breakers.open("pc-1", play.route, 1).any());
}

}  // namespace
}  // namespace pk::route
