#include "route/keyed_hash.h"

#include <numeric>
#include <vector>

#include "support/catch.h"

namespace pk::route {
namespace {

std::uint64_t hash(const KeyedHash& keyed, std::vector<std::string_view> parts) {
  return keyed(parts);
}

TEST_CASE("Parts are told apart by where they end") {
  const KeyedHash keyed({1, 2, 3});
  CHECK(hash(keyed, {"ab", "c"}) == hash(keyed, {"ab", "c"}));
  CHECK(hash(keyed, {"ab", "c"}) != hash(keyed, {"a", "bc"}));
  CHECK(hash(keyed, {"ab", "c"}) != hash(keyed, {"ab", "c", ""}));
  CHECK(hash(keyed, {}) != hash(keyed, {""}));
}

TEST_CASE("Without the key nobody knows the hash") {
  CHECK(hash(KeyedHash({1}), {"a"}) != hash(KeyedHash({2}), {"a"}));
  CHECK(hash(KeyedHash::random(), {"a"}) != hash(KeyedHash::random(), {"a"}));
}

}  // namespace
}  // namespace pk::route
