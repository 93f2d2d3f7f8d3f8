#include "base/clock.h"

#include <ctime>

#include "support/catch.h"

TEST_CASE("The wall clock counts milliseconds since 1970") {
  const std::int64_t before = std::int64_t{std::time(nullptr)} - 1;
  const std::int64_t now = pk::SystemClock().wall_ms();
  CHECK(now / 1000 >= before);
  CHECK(now / 1000 <= std::int64_t{std::time(nullptr)} + 1);
}

TEST_CASE("The steady clock does not go back") {
  const pk::SystemClock clock;
  std::int64_t last = clock.steady_ns();
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t now = clock.steady_ns();
    REQUIRE(now >= last);
    last = now;
  }
}
