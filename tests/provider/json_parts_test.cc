#include "provider/json_parts.h"

#include <algorithm>
#include <memory>

#include "support/catch.h"

namespace pk::provider {
namespace {

constexpr std::string_view k_object =
    R"( {"a":1.0e5,"b":"x\ny","c":{"a":2},"d":[1, {"e":2}],"n":null,"t":true,"\u0065":"escaped","a":7} )";

TEST_CASE("Members are found as they stand, the last of twins, escaped keys too") {
  const JsonObject object(k_object);
  REQUIRE(object.ok());
  CHECK(object.raw("a") == "7");
  CHECK(object.raw("b") == R"("x\ny")");
  CHECK(object.text("b") == "x\ny");
  CHECK(object.raw("c") == R"({"a":2})");
  CHECK(object.raw("d") == R"([1, {"e":2}])");
  CHECK(object.text("e") == "escaped");
  CHECK(object.raw("z").empty());
  CHECK(object.text("a").empty());
  CHECK(object.truth("t"));
  CHECK_FALSE(object.truth("a"));
  CHECK(object.has("a"));
  CHECK_FALSE(object.has("n"));
  CHECK_FALSE(object.has("z"));
}

TEST_CASE("Counts are whole numbers in their range and nothing else") {
  const JsonObject object(
      R"({"a":7,"b":7.0,"c":-1,"d":"7","e":1.5,"f":null,"g":11,"h":99999999999999999999})");
  CHECK(object.count("a", 10) == 7);
  CHECK(object.count("b", 10) == 7);
  for (const std::string_view name : {"c", "d", "e", "f", "g", "h", "z"}) CHECK_FALSE(object.count(name, 10));
}

TEST_CASE("A text that is no whole object has no members, wherever it is cut") {
  const std::string_view whole = k_object.substr(0, k_object.find_last_of('}') + 1);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto exact = std::make_unique<char[]>(size);
    std::copy_n(whole.data(), size, exact.get());
    const JsonObject object({exact.get(), size});
    CHECK_FALSE(object.ok());
    CHECK(object.raw("a").empty());
  }
  for (const std::string_view bad : {"[1]", "7", "null", "\"a\"", "{}{}", "{\"a\":1,}", "{\"a\" 1}", "{a:1}"})
    CHECK_FALSE(JsonObject(bad).ok());
}

TEST_CASE("Items are those of a whole array") {
  CHECK(json_items(R"([1, "a,b" ,{"c":[2]},[]])") ==
        std::vector<std::string_view>{"1", R"("a,b")", R"({"c":[2]})", "[]"});
  for (const std::string_view none : {"[]", "", "{}", "[1", "[1,]", "[1]2", "null", "[[[["})
    CHECK(json_items(none).empty());
}

TEST_CASE("A document that is too deep to be put into another one is none") {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  CHECK(JsonObject(nested(k_parts_depth_max)).ok());
  CHECK_FALSE(JsonObject(nested(k_parts_depth_max + 1)).ok());
}

TEST_CASE("A document on one line keeps its texts") {
  std::string room;
  const std::string_view plain = R"({"a":"b\n"})";
  CHECK(as_one_line(plain, room).data() == plain.data());
  CHECK(as_one_line("{\"a\":\r\n1}", room) == "{\"a\":  1}");
  CHECK(as_one_line("\"\xff\"", room) == "\"\uFFFD\"");
}

TEST_CASE("Writers put commas between what is written, and copy what is there and not null") {
  std::string out;
  ObjectWriter object(out);
  object.text("a", "x\"");
  object.copy(JsonObject(k_object), "d");
  object.copy(JsonObject(k_object), "n");
  object.copy(JsonObject(k_object), "z");
  object.copy(JsonObject(R"({"v":0.70})"), "v", "w");
  ArrayWriter array(object.key("l"));
  CHECK(array.empty());
  array.next() += "1";
  array.next() += "2";
  CHECK_FALSE(array.empty());
  array.end();
  object.number("i", -3);
  object.end();
  CHECK(out == R"({"a":"x\"","d":[1, {"e":2}],"w":0.70,"l":[1,2],"i":-3})");
}

}  // namespace
}  // namespace pk::provider
