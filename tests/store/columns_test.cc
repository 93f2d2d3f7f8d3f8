#include "store/columns.h"

#include <algorithm>

#include "fixture.h"

namespace pk::store {

namespace {

BlockMask mask_of(std::size_t size, const std::vector<std::size_t>& places) {
  BlockMask mask;
  mask.set_all(size, false);
  for (const std::size_t i : places) mask.set(i, true);
  return mask;
}

std::vector<std::size_t> places_of(const BlockMask& mask) {
  std::vector<std::size_t> places;
  mask.visit([&](std::size_t i) {
    places.push_back(i);
    return true;
  });
  return places;
}

}  // namespace

TEST_CASE("A mask counts and visits those that are on, wherever they stand") {
  for (const std::size_t size : {1u, 7u, 8u, 9u, 64u, 77u, 2048u}) {
    for (std::size_t at = 0; at < size; ++at) {
      const BlockMask one = mask_of(size, {at});
      REQUIRE(one.count() == 1);
      REQUIRE(places_of(one) == std::vector{at});
    }
    BlockMask all;
    all.set_all(size, true);
    CHECK(all.count() == size);
    CHECK(places_of(all).size() == size);
  }
  CHECK(places_of(mask_of(100, {0, 7, 8, 63, 64, 99})) == std::vector<std::size_t>{0, 7, 8, 63, 64, 99});
  CHECK(BlockMask{}.count() == 0);
}

TEST_CASE("A visit of a mask ends when it is told to") {
  std::size_t visited = 0;
  CHECK_FALSE(mask_of(100, {3, 50, 98}).visit([&](std::size_t) { return ++visited < 2; }));
  CHECK(visited == 2);
}

TEST_CASE("All and none are masks like others") {
  BlockMask all;
  all.set_all(10, true);
  BlockMask none;
  none.set_all(10, false);
  const BlockMask some = mask_of(10, {2, 9});
  const auto kept = [](BlockMask a, const BlockMask& b) {
    a.keep(b);
    return places_of(a);
  };
  const auto added = [](BlockMask a, const BlockMask& b) {
    a.add(b);
    return places_of(a);
  };
  for (const BlockMask& mask : {all, none, some}) {
    CHECK(kept(mask, all) == places_of(mask));
    CHECK(kept(all, mask) == places_of(mask));
    CHECK(kept(mask, none).empty());
    CHECK(kept(none, mask).empty());
    CHECK(added(mask, none) == places_of(mask));
    CHECK(added(none, mask) == places_of(mask));
    CHECK(added(mask, all).size() == 10);
    CHECK(added(all, mask).size() == 10);
    CHECK(mask.any() == (mask.count() > 0));
    for (std::size_t i = 0; i < 10; ++i)
      CHECK(mask.is_on(i) == (std::ranges::count(places_of(mask), i) == 1));
  }
  all.set(3, false);
  CHECK(all.count() == 9);
  none.set(3, true);
  CHECK(places_of(none) == std::vector<std::size_t>{3});
  none.clear();
  CHECK_FALSE(none.any());
  BlockMask changed = some;
  changed.set_each([](std::size_t i) { return i == 4; });
  CHECK(places_of(changed) == std::vector<std::size_t>{4});
}

TEST_CASE("Masks are met and joined") {
  BlockMask both = mask_of(21, {1, 2, 20});
  both.keep(mask_of(21, {2, 3, 20}));
  CHECK(places_of(both) == std::vector<std::size_t>{2, 20});
  both.add(mask_of(21, {0, 20}));
  CHECK(places_of(both) == std::vector<std::size_t>{0, 2, 20});
}

}  // namespace pk::store
