#include "base/ids.h"

#include <set>

#include "support/catch.h"
#include "support/fake_clock.h"

using pk::Rng;
using pk::Uuid;
using pk::UuidSource;
using pk::test::FakeClock;

TEST_CASE("An id is a version 7 UUID with its millisecond in front") {
  FakeClock clock;
  UuidSource source(clock, Rng(1));
  const Uuid id = source.next();
  CHECK(id.time_ms() == FakeClock::k_start_ms);
  const std::string text = id.text();
  CHECK(text.size() == 36);
  CHECK(text.starts_with("019ca8bb-b5c0-7"));
  CHECK(std::string("89ab").find(text[19]) != std::string::npos);
  CHECK(Uuid::parse(text) == id);
}

TEST_CASE("Each id is greater than the one before, whatever the clock does") {
  FakeClock clock;
  UuidSource source(clock, Rng(2));
  Uuid last = source.next();
  std::set<std::string> seen = {last.text()};
  const auto next_is_greater = [&] {
    const Uuid id = source.next();
    CHECK(id > last);
    CHECK(id.text() > last.text());  // the text sorts alike
    CHECK(seen.insert(id.text()).second);
    last = id;
  };
  for (int i = 0; i < 1000; ++i) next_is_greater();
  for (const std::int64_t step : {1, 1, 5000, -1, -86'400'000, 0, 1, 86'400'000}) {
    clock.advance_ms(step);
    for (int i = 0; i < 10; ++i) next_is_greater();
  }
  clock.set_wall_ms(0);
  next_is_greater();
  CHECK(last.time_ms() == FakeClock::k_start_ms + 5002);
}

TEST_CASE("A clock before 1970 gives ids all the same, and different ones") {
  for (const std::int64_t now : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{-86'400'000}}) {
    FakeClock clock(now);
    UuidSource one(clock, Rng(3)), other(clock, Rng(4));
    const Uuid first = one.next(), second = one.next(), stranger = other.next();
    CHECK(first.time_ms() == 0);
    CHECK(second > first);
    // The random bits are drawn here too: two processes that start at that time must not meet.
    CHECK(first.text().substr(15, 3) != stranger.text().substr(15, 3));
  }
}

TEST_CASE("Generators of the same millisecond differ") {
  FakeClock clock;
  std::set<Uuid> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    CHECK(seen.insert(UuidSource(clock, Rng(seed)).next()).second);
}

TEST_CASE("The text of an id is read in either case and in no other form") {
  const auto id = Uuid::parse("01890A5D-ac96-774b-BCCE-b302099a8057");
  REQUIRE(id);
  CHECK(id->text() == "01890a5d-ac96-774b-bcce-b302099a8057");
  CHECK_FALSE(id->is_nil());
  for (const char* bad :
       {"", "01890a5d", "01890a5dac96774bbcceb302099a8057", "01890a5d-ac96-774b-bcce-b302099a805",
        "01890a5d-ac96-774b-bcce-b302099a80577", "01890a5d-ac96-774b-bcce-b302099a805g",
        "01890a5d-ac96-774b-bcceb-302099a8057", "{01890a5d-ac96-774b-bcce-b302099a805}",
        "01890a5d_ac96_774b_bcce_b302099a8057", "01890a5d-ac96-774b-bcce- 302099a8057"}) {
    INFO(bad);
    CHECK_FALSE(Uuid::parse(bad).has_value());
  }
}

TEST_CASE("The lowest id of a millisecond is a bound for scans") {
  FakeClock clock;
  UuidSource source(clock, Rng(5));
  const Uuid before = source.next();
  clock.advance_ms(1);
  const Uuid after = source.next();
  const Uuid bound = Uuid::lowest_of(clock.wall_ms());
  CHECK(before < bound);
  CHECK(bound < after);
  CHECK(bound.time_ms() == clock.wall_ms());
  CHECK(Uuid::lowest_of(-5) == Uuid{});
  CHECK(Uuid{}.is_nil());
}
