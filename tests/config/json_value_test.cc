#include "config/json_value.h"

#include "support/catch.h"

namespace pk::config {
namespace {

TEST_CASE("Members and elements are views of the text, in its order, twins included") {
  const std::string text = R"( {"a" : 0.7, "b\u0063":[1, {"x":[]}] ,"a":"\"q\"", "n":null,"o":{}} )";
  const auto members = json_members(text);
  REQUIRE(members.size() == 5);
  CHECK(members[0].key == "a");
  CHECK(members[0].value.text == "0.7");
  CHECK(members[0].value.is_number());
  CHECK(members[1].key == "bc");
  CHECK(members[1].value.text == R"([1, {"x":[]}])");
  CHECK(json_plain(members[2].value) == "\"q\"");
  CHECK(members[3].value.kind == JsonToken::null);
  CHECK(members[4].value.is_object());

  const auto elements = json_elements(members[1].value.text);
  REQUIRE(elements.size() == 2);
  CHECK(elements[0].text == "1");
  CHECK(elements[1].text == R"({"x":[]})");
}

TEST_CASE("A value of another kind has no members and no elements") {
  for (const char* text : {"[]", "1", "null", "\"{}\"", "{}", ""}) CHECK(json_members(text).empty());
  for (const char* text : {"{}", "1", "null", "\"[]\"", "[]", ""}) CHECK(json_elements(text).empty());
}

TEST_CASE("A text that breaks off gives what stands before the break") {
  const std::string text = R"({"a":1,"b":[true,{"c":"d"}],"e":-1.5e3})";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const std::string cut = text.substr(0, size);
    for (const JsonMember& member : json_members(cut)) CHECK_FALSE(member.value.text.empty());
    CHECK((json_value(cut).kind == JsonToken::object_begin) == (size == text.size()));
  }
  CHECK(json_elements("[1,2").size() == 2);
  CHECK(json_elements("[1,[2").size() == 1);
}

TEST_CASE("A number is one that double holds") {
  CHECK(json_number(json_value("1.5e3")) == 1500.0);
  CHECK_FALSE(json_number(json_value("1e999")));
  CHECK_FALSE(json_number(json_value("\"1\"")));
  CHECK(json_plain(json_value("12345678901234567890")) == "12345678901234567890");
}

}  // namespace
}  // namespace pk::config
