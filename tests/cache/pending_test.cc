#include "cache/pending.h"

#include "cache/fixture.h"

namespace pk::cache::test {
namespace {

constexpr std::chrono::milliseconds k_no_wait{0};

}  // namespace

TEST_CASE("What is put is found until it is done, the newest of a key") {
  Pending pending(1000);
  REQUIRE(pending.put(key_of(1), shared(entry_of(1)), 100));
  auto first = pending.take(10, 1000, k_no_wait);
  REQUIRE(first.size() == 1);
  const EntryPtr newer = shared(entry_of(1, 5));
  REQUIRE(pending.put(key_of(1), newer, 100));
  pending.done(first);
  CHECK(pending.find(key_of(1)) == std::optional(newer));
  pending.remove(key_of(1));
  CHECK(pending.find(key_of(1)) == std::optional(EntryPtr()));
  const auto second = pending.take(10, 1000, k_no_wait);
  REQUIRE(second.size() == 1);
  CHECK(second[0].entry == nullptr);
  pending.done(second);
  CHECK_FALSE(pending.find(key_of(1)));
  pending.wait_done();
}

TEST_CASE("It is bounded in bytes, and a removal always fits") {
  Pending pending(250);
  REQUIRE(pending.put(key_of(1), shared(entry_of(1)), 200));
  CHECK_FALSE(pending.put(key_of(2), shared(entry_of(2)), 100));
  CHECK_FALSE(pending.find(key_of(2)));
  CHECK(pending.put(key_of(1), shared(entry_of(1)), 250));  // in place of the first
  pending.remove(key_of(3));
  CHECK(pending.find(key_of(3)));
  pending.done(pending.take(10, 1000, k_no_wait));
  CHECK(pending.put(key_of(2), shared(entry_of(2)), 250));
}

TEST_CASE("Taking is bounded in number and bytes, the oldest first") {
  Pending pending(10'000);
  for (int i = 0; i < 5; ++i) REQUIRE(pending.put(key_of(i), shared(entry_of(i)), 100));
  CHECK(pending.take(2, 1000, k_no_wait).size() == 2);
  const auto next = pending.take(10, 150, k_no_wait);
  REQUIRE(next.size() == 2);
  CHECK(next[0].key == key_of(2));
}

TEST_CASE("Closed, it takes no more and gives what is left") {
  Pending pending(1000);
  REQUIRE(pending.put(key_of(1), shared(entry_of(1)), 100));
  pending.close();
  CHECK_FALSE(pending.put(key_of(2), shared(entry_of(2)), 100));
  CHECK_FALSE(pending.is_over());
  CHECK(pending.take(10, 1000, std::chrono::hours(1)).size() == 1);
  CHECK(pending.take(10, 1000, std::chrono::hours(1)).empty());
  CHECK(pending.is_over());
}

}  // namespace pk::cache::test
