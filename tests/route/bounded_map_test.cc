#include "route/bounded_map.h"

#include <string>

#include "support/catch.h"

namespace pk::route {
namespace {

TEST_CASE("A new entry takes the place of the one unused longest") {
  BoundedMap<std::string> map(3);
  map.at(1) = "a";
  map.at(2) = "b";
  map.at(3) = "c";
  REQUIRE(map.find(1));
  map.at(4) = "d";
  CHECK(map.size() == 3);
  CHECK_FALSE(map.find(2));
  CHECK(*map.find(1) == "a");
  CHECK(*map.find(3) == "c");
  CHECK(*map.find(4) == "d");
}

TEST_CASE("An entry that is there is not made again") {
  BoundedMap<int> map(2);
  map.at(7) = 1;
  ++map.at(7);
  CHECK(map.size() == 1);
  CHECK(*map.find(7) == 2);
  CHECK_FALSE(map.find(8));
  CHECK(map.at(8) == 0);
}

TEST_CASE("It never outgrows its places") {
  BoundedMap<int> map(10);
  for (std::uint64_t key = 0; key < 1000; ++key) {
    map.at(key % 37) = 1;
    REQUIRE(map.size() <= 10);
  }
}

}  // namespace
}  // namespace pk::route
