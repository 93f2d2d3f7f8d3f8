#include "provider/json_walk.h"

#include <vector>

#include "support/catch.h"

namespace pk::provider {
namespace {

TEST_CASE("A walk gives each member and element, and skips what is not taken") {
  JsonReader reader(R"({"a":{"x":[1,{"b":2}]},"b":[3,[4],"5"],"c":{"d":6},"e":7})");
  std::vector<std::string> seen;
  REQUIRE(reader.next() == JsonToken::object_begin);
  const bool whole = walk_members(reader, [&](std::string_view key, JsonToken token) {
    seen.push_back(json_unquoted(key));
    if (token == JsonToken::array_begin)
      walk_elements(reader, [&](JsonToken) { seen.emplace_back(reader.token()); });
    if (means(key, "c")) seen.emplace_back(reader.take_value());
  });
  CHECK(whole);
  CHECK(reader.next() == JsonToken::end);
  CHECK(seen == std::vector<std::string>{"a", "b", "3", "[", "\"5\"", "c", R"({"d":6})", "e"});
}

TEST_CASE("A walk over broken text stops and says so") {
  for (const std::string_view text :
       {R"({"a":1)", R"({"a":[1,{"b":)", R"({"a":{"b":tru}})", R"({"a":[1,]})", R"({"a" 1})"}) {
    INFO(text);
    JsonReader reader(text);
    REQUIRE(reader.next() == JsonToken::object_begin);
    bool inner = true;
    const bool whole = walk_members(reader, [&](std::string_view, JsonToken token) {
      if (token == JsonToken::array_begin) inner = walk_elements(reader, [](JsonToken) {});
    });
    CHECK_FALSE((whole && inner));
    CHECK(reader.next() == JsonToken::error);
  }
}

TEST_CASE("A key means its name with and without escapes, and nothing else") {
  CHECK(means(R"("model")", "model"));
  CHECK(means(R"("mod\u0065l")", "model"));
  CHECK_FALSE(means(R"("Model")", "model"));
  CHECK_FALSE(means(R"("models")", "model"));
  CHECK_FALSE(means(R"("")", "model"));
  CHECK_FALSE(means("", "model"));
}

TEST_CASE("A name is a view of its token unless it has escapes") {
  std::string room = "old";
  const std::string_view plain = R"("model")";
  CHECK(name_of(plain, room) == "model");
  CHECK(name_of(plain, room).data() == plain.data() + 1);
  CHECK(name_of(R"("")", room).empty());
  CHECK(name_of(R"("mod\u0065l")", room) == "model");
  CHECK(name_of(R"("\"\n")", room) == "\"\n");
}

TEST_CASE("A count is a whole number in its range, in any spelling of JSON") {
  const auto count = [](std::string_view text) {
    JsonReader reader(text);
    const JsonToken token = reader.next();
    return count_of(reader, token, 100);
  };
  CHECK(count("0") == 0);
  CHECK(count("100") == 100);
  CHECK(count("1e2") == 100);
  CHECK(count("12.0") == 12);
  for (const std::string_view bad : {"101", "-1", "1.5", "1e3", "\"7\"", "null", "[]", "1e999", "", "x"}) {
    INFO(bad);
    CHECK_FALSE(count(bad));
  }
}

}  // namespace
}  // namespace pk::provider
