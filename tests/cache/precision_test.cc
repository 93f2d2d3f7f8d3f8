#include "cache/precision.h"

#include <cmath>

#include "support/catch.h"

using pk::cache::wilson_95;

// Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table
// I, method 3.
TEST_CASE("The interval of a proportion is the published one") {
  struct Case {
    std::uint64_t successes, total;
    double low, high;
  };
  for (const auto& [successes, total, low, high] :
       {Case{81, 263, 0.2553, 0.3662}, Case{15, 148, 0.0624, 0.1605}, Case{0, 20, 0.0000, 0.1611},
        Case{1, 29, 0.0061, 0.1718}}) {
    CAPTURE(successes, total);
    const auto interval = wilson_95(successes, total);
    CHECK(std::abs(interval.low - low) < 0.00005);
    CHECK(std::abs(interval.high - high) < 0.00005);
  }
}

TEST_CASE("The interval of nothing is everything, and that of all reaches one") {
  CHECK(wilson_95(0, 0).low == 0);
  CHECK(wilson_95(0, 0).high == 1);
  CHECK(wilson_95(20, 20).high == 1);
  CHECK(std::abs(wilson_95(20, 20).low - (1 - 0.1611)) < 0.0001);
}
