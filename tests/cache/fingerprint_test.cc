#include "cache/fingerprint.h"

#include <algorithm>

#include "cache/fixture.h"

namespace pk::cache::test {
namespace {

std::string canon(std::string_view body) {
  const Fingerprint fields = fingerprint(chat(body));
  REQUIRE(!fields.empty());
  const Key key = cache::key_of(fields);
  return {key.begin(), key.end()};
}

}  // namespace

TEST_CASE("White space, the order of members and how characters are escaped do not count") {
  const std::string_view body = R"({"model":"m","n":1,"o":{"a":"é","b":[1,2]}})";
  CHECK(canon(body) ==
        canon(R"( { "o" : { "b" : [ 1 , 2 ] , "a" : "\u00e9" } , "n" : 1 , "mod\u0065l" : "m" } )"));
}

}  // namespace pk::cache::test
