#include "query/latencies.h"

#include <algorithm>
#include <cmath>

#include "base/rng.h"
#include "support/catch.h"

namespace pk::query {

TEST_CASE("Percentiles of few numbers are exact, by nearest rank") {
  Latencies one;
  one.add(7.25);
  CHECK(one.percentile(50) == 7.25);
  CHECK(one.percentile(99) == 7.25);
  Latencies ten;
  for (const int ms : {30, 10, 20, 50, 40, 100, 90, 80, 70, 60}) ten.add(ms);
  CHECK(ten.percentile(50) == 50);
  CHECK(ten.percentile(95) == 100);
  CHECK(ten.percentile(10) == 10);
  CHECK(ten.percentile(11) == 20);
  CHECK(ten.size() == 10);
}

TEST_CASE("Percentiles of many numbers are within their error") {
  Rng rng(7);
  Latencies latencies;
  std::vector<double> all;
  for (std::size_t i = 0; i < 3 * k_exact_latencies; ++i) {
    const double ms = std::exp(rng.uniform() * 17) / 100;
    all.push_back(ms);
    latencies.add(ms);
  }
  std::ranges::sort(all);
  for (const double percent : {1.0, 50.0, 95.0, 99.0, 99.9}) {
    const auto rank = static_cast<std::size_t>(std::ceil(percent / 100 * static_cast<double>(all.size())));
    const double exact = all[rank - 1];
    CAPTURE(percent, exact);
    CHECK(std::abs(latencies.percentile(percent) - exact) <= exact * 0.0005);
  }
}

TEST_CASE("Latencies that are added to others make those of all") {
  const std::size_t first = GENERATE(std::size_t{100}, k_exact_latencies - 100, 2 * k_exact_latencies);
  const std::size_t second =
      GENERATE(std::size_t{0}, std::size_t{100}, std::size_t{101}, k_exact_latencies + 1);
  CAPTURE(first, second);
  Rng rng(3);
  Latencies all;
  Latencies some;
  Latencies others;
  for (std::size_t i = 0; i < first + second; ++i) {
    const double ms = std::exp(rng.uniform() * 17) / 100;
    all.add(ms);
    (i < first ? some : others).add(ms);
  }
  some.add(others);
  CHECK(some.size() == all.size());
  for (const double percent : {1.0, 50.0, 95.0, 99.0, 100.0})
    CHECK(some.percentile(percent) == all.percentile(percent));
  some.add(5);
  CHECK(some.size() == all.size() + 1);
}

TEST_CASE("Numbers that are no latencies break nothing") {
  Latencies latencies;
  for (std::size_t i = 0; i <= k_exact_latencies; ++i) latencies.add(0);
  latencies.add(-5);
  latencies.add(std::nan(""));
  latencies.add(1e300);
  CHECK(latencies.percentile(50) == 0);
  CHECK(latencies.percentile(100) > 1e12);
}

}  // namespace pk::query
