#include "cache/redis_breaker.h"

#include "support/catch.h"

namespace pk::cache {

namespace {

constexpr RedisBreaker::Rule k_rule{3, std::chrono::nanoseconds(100), std::chrono::nanoseconds(300)};

}  // namespace

TEST_CASE("Failures in a row open it, an answer between them does not let it") {
  RedisBreaker breaker(k_rule);
  CHECK_FALSE(breaker.failed(1));
  CHECK_FALSE(breaker.failed(2));
  breaker.answered();
  CHECK_FALSE(breaker.failed(3));
  CHECK_FALSE(breaker.failed(4));
  CHECK_FALSE(breaker.open());
  CHECK(breaker.failed(5));
  CHECK(breaker.open());
  CHECK(breaker.probe_at_ns() == 105);
}

TEST_CASE("Each probe that fails doubles the cooldown, to its bound") {
  RedisBreaker breaker(k_rule);
  for (int i = 0; i < 3; ++i) breaker.failed(0);
  CHECK_FALSE(breaker.failed(1000));  // it was open
  CHECK(breaker.probe_at_ns() == 1200);
  breaker.failed(2000);
  CHECK(breaker.probe_at_ns() == 2300);
  breaker.failed(3000);
  CHECK(breaker.probe_at_ns() == 3300);
}

TEST_CASE("After a probe one failure opens it, for longer, until a request was answered") {
  RedisBreaker breaker(k_rule);
  for (int i = 0; i < 3; ++i) breaker.failed(0);
  breaker.probed();
  CHECK_FALSE(breaker.open());
  CHECK(breaker.failed(1000));
  CHECK(breaker.probe_at_ns() == 1200);
  breaker.probed();
  breaker.answered();
  CHECK_FALSE(breaker.failed(2000));
  CHECK_FALSE(breaker.failed(2000));
  CHECK(breaker.failed(2000));
  CHECK(breaker.probe_at_ns() == 2100);
}

}  // namespace pk::cache
