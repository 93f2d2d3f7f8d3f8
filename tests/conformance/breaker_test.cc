// Circuit breakers: targets that keep failing are left out for a while, by all workers.
#include <algorithm>

#include "conformance/configs.h"
#include "support/catch.h"

using namespace pk::test;

namespace {

constexpr std::string_view k_two_failures =
    R"("cb_config":{"failure_threshold":2,"cooldown_interval":30000})";

struct Two {
  FakeUpstream a, b;
  Serve serve{{.flags = {"--workers", "2"}}};

  std::string config(std::string_view breaker = k_two_failures, std::string_view mode = "fallback") const {
    return strategy(mode, {target(a), target(b)}, breaker);
  }
};

}  // namespace

TEST_CASE_METHOD(Two,
                 "A target that failed as often as the threshold is not asked for the time of its cooldown",
                 "[breaker]") {
  a.always(refused(503));
  for (int i = 0; i < 20; ++i) CHECK(ask(serve, config()).status == 200);
  CHECK(a.seen_count() == 2);
  CHECK(b.seen_count() == 20);
  const auto record = record_of(serve, ask(serve, config()));
  CHECK(at(record, "/last_used_option") == "config.targets[1]");
  CHECK(record.at("attempts").as_array().size() == 1);
}

TEST_CASE_METHOD(Two, "Where every target is out all are asked as if none were", "[breaker]") {
  a.always(refused(503));
  b.always(refused(503));
  for (int i = 0; i < 5; ++i) CHECK(ask(serve, config()).status == 503);
  CHECK(a.seen_count() == 5);
  CHECK(b.seen_count() == 5);
}

TEST_CASE_METHOD(Two, "Another config has breakers of its own", "[breaker]") {
  a.always(refused(503));
  for (int i = 0; i < 3; ++i) ask(serve, config());
  ask(serve, config(R"("cb_config":{"failure_threshold":3,"cooldown_interval":30000})"));
  CHECK(a.seen_count() == 3);
}

TEST_CASE_METHOD(Two, "Only the statuses that count as failures open it", "[breaker]") {
  a.always(refused(429));
  for (int i = 0; i < 4; ++i) ask(serve, config());
  CHECK(a.seen_count() == 4);
  const std::string counted =
      config(R"("cb_config":{"failure_threshold":2,"cooldown_interval":30000,"failure_status_codes":[429]})");
  for (int i = 0; i < 4; ++i) ask(serve, counted);
  CHECK(a.seen_count() == 6);
}

TEST_CASE_METHOD(Two, "A load balance gives the share of a target that is out to the others", "[breaker]") {
  a.always(refused(503));
  int failed = 0;
  for (int i = 0; i < 40; ++i)
    if (ask(serve, config(k_two_failures, "loadbalance")).status == 503) ++failed;
  CHECK(failed == 2);
  CHECK(a.seen_count() == 2);
}

constexpr std::string_view k_half_of_four =
    R"("cb_config":{"failure_threshold_percentage":50,"minimum_requests":4,"cooldown_interval":30000})";

TEST_CASE_METHOD(Two, "A share of failures opens it once there were enough requests", "[breaker]") {
  a.always(refused(503));
  for (std::size_t i = 1; i <= 8; ++i) {
    CHECK(ask(serve, config(k_half_of_four)).status == 200);
    CHECK(a.seen_count() == std::min<std::size_t>(i, 4));
  }
}

TEST_CASE_METHOD(Two, "A share below the percentage does not", "[breaker]") {
  for (int i = 0; i < 12; ++i) {
    a.always(i % 3 == 2 ? refused(503) : ok());
    CHECK(ask(serve, config(k_half_of_four)).status == 200);
  }
  CHECK(a.seen_count() == 12);
  CHECK(b.seen_count() == 4);
}

TEST_CASE_METHOD(Two, "After its cooldown it closes by itself and counts from nothing", "[breaker]") {
  a.always(refused(503));
  for (int i = 0; i < 3; ++i) ask(serve, config());
  CHECK(a.seen_count() == 2);
  const auto asked_again = [&] {
    CHECK(ask(serve, config()).status == 200);
    return a.seen_count() > 2;
  };
  wait_until("the first target is asked again", asked_again, std::chrono::milliseconds(200));
  CHECK(a.seen_count() == 3);
  for (int i = 0; i < 5; ++i) ask(serve, config());
  CHECK(a.seen_count() == 4);
}

TEST_CASE_METHOD(Two, "A breaker that is none is refused", "[breaker]") {
  for (const char* bad :
       {R"("cb_config":{})", R"("cb_config":{"failure_threshold":0,"cooldown_interval":30000})",
        R"("cb_config":{"failure_threshold":1,"cooldown_interval":1000})"}) {
    INFO(bad);
    CHECK(ask(serve, config(bad)).status == 400);
  }
}
