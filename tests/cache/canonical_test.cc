#include "cache/canonical.h"

#include <chrono>

#include "cache/fixture.h"

namespace pk::cache::test {
namespace {

std::optional<std::string> form(std::string_view json) {
  JsonReader reader(json);
  std::string out;
  if (!append_canonical(out, reader, reader.next()) || reader.next() != JsonToken::end) return {};
  return out;
}

}  // namespace

TEST_CASE("Every kind of value has its form, with its size") {
  CHECK(form(R"("a")") == "s\1a");
  CHECK(form(R"("\u0061")") == "s\1a");
  CHECK(form("-1.50") == "n\5-1.50");
  CHECK(form("null") == "w\4null");
  CHECK(form("[1,[]]") ==
        "[n\1"
        "1[]]");
  CHECK(form(R"({"b":1,"a":2})") ==
        "{s\1an\1"
        "2s\1bn\1"
        "1}");
  CHECK(form(R"({"a":2,"a":1})") ==
        "{s\1an\1"
        "2s\1an\1"
        "1}");
  CHECK(form(R"("\ud83d\ude00")") == "s\4\xf0\x9f\x98\x80");
  CHECK(form(R"("\ud83d")") == "r\6\\ud83d");
}

TEST_CASE("What is broken anywhere has none") {
  const std::string_view whole = R"({"a":[1,{"b":"c\n"},true],"d":{"e":null}})";
  REQUIRE(form(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(form(whole.substr(0, size)));
  CHECK_FALSE(form("]"));
  CHECK_FALSE(form(std::string(600, '[')));
}

TEST_CASE("A long value of a member is its digest, whatever it is in") {
  const std::string text(k_canonical_member_bytes_max, 'x');
  const auto short_form = form("{\"a\":\"" + text + "\"}");
  REQUIRE(short_form);
  CHECK(short_form->size() == 2 + 3 + 2 + 16);
  CHECK(form("[\"" + text + "\"]")->size() > text.size());
}

TEST_CASE("Nesting does not multiply what is copied") {
  // Each level's members are out of order, and the innermost holds a megabyte.
  constexpr int k_depth = 400;
  std::string json(1'000'000, 'x');
  json = "\"" + json + "\"";
  std::string open, close;
  for (int i = 0; i < k_depth; ++i) {
    open += R"({"b":)";
    close += R"(,"a":1})";
  }
  const auto deep = form(open + json + close);
  REQUIRE(deep);
  CHECK(deep->size() < 100);
}

}  // namespace pk::cache::test
