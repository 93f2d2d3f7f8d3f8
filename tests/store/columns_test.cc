#include "store/columns.h"

#include "fixture.h"

namespace pk::store {

namespace {

BlockMask mask_of(std::size_t size, const std::vector<std::size_t>& places) {
  BlockMask mask;
  mask.set_all(size, 0);
  for (const std::size_t i : places) mask.on[i] = 1;
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
    all.set_all(size, 1);
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

TEST_CASE("Masks are met and joined") {
  BlockMask both = mask_of(21, {1, 2, 20});
  both.keep(mask_of(21, {2, 3, 20}));
  CHECK(places_of(both) == std::vector<std::size_t>{2, 20});
  both.add(mask_of(21, {0, 20}));
  CHECK(places_of(both) == std::vector<std::size_t>{0, 2, 20});
}

}  // namespace pk::store
