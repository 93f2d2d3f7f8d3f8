#include "admin/listing.h"

#include "support/catch.h"

using namespace pk::admin;

namespace {

std::string listed(std::string_view query) {
  const std::vector<ListEntry> entries = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
  const auto reply = list_reply(entries, *Parameters::parse(query));
  return reply ? reply->body : "error: " + reply.error().message;
}

}  // namespace

TEST_CASE("A list is paged by its ids") {
  CHECK(listed("") == R"({"object":"list","data":[1,2,3],"next":null})");
  CHECK(listed("limit=2") == R"({"object":"list","data":[1,2],"next":"b"})");
  CHECK(listed("limit=2&after=b") == R"({"object":"list","data":[3],"next":null})");
  CHECK(listed("after=c") == R"({"object":"list","data":[],"next":null})");
  CHECK(listed("after=gone").starts_with("error: after: 'gone'"));  // not the end: the rest would be lost
  CHECK(listed("limit=0").starts_with("error: "));
  CHECK(listed("model=x").starts_with("error: "));
}

TEST_CASE("A member is put at the end of an object") {
  CHECK(with_member("{}", "a", "1") == R"({"a":1})");
  CHECK(with_member(R"({"a":1})", "b", "null") == R"({"a":1,"b":null})");
}
