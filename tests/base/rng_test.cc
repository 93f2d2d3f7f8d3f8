#include "base/rng.h"

#include <array>
#include <set>

#include "support/catch.h"

using pk::Rng;

TEST_CASE("The same seed gives the same numbers") {
  Rng a(7), b(7), c(8);
  for (int i = 0; i < 100; ++i) {
    const auto value = a.next();
    CHECK(value == b.next());
    CHECK(value != c.next());
  }
}

TEST_CASE("The numbers are those of xoshiro256** seeded by splitmix64") {
  // Reference: the authors' C code (prng.di.unimi.it) for seed 0.
  Rng rng(0);
  CHECK(rng.next() == 0x99ec5f36cb75f2b4u);
  CHECK(rng.next() == 0xbf6e1f784956452au);
  CHECK(rng.next() == 0x1a5f849d4933e6e0u);
}

TEST_CASE("Uniform numbers lie in [0, 1) and spread over it") {
  Rng rng(1);
  std::array<int, 10> tenths{};
  for (int i = 0; i < 10'000; ++i) {
    const double x = rng.uniform();
    REQUIRE(x >= 0);
    REQUIRE(x < 1);
    ++tenths[static_cast<std::size_t>(x * 10)];
  }
  for (const int count : tenths) CHECK((count > 850 && count < 1150));
}

TEST_CASE("Generators seeded by the kernel differ") {
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 50; ++i) CHECK(seen.insert(Rng::from_entropy().next()).second);
}
