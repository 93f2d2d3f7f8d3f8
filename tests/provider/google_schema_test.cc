#include "provider/google_schema.h"

#include "base/json.h"
#include "support/catch.h"

namespace pk::provider {
namespace {

std::string clean(std::string_view schema) {
  const auto result = google_schema(JsonView(schema));
  REQUIRE(result);
  CHECK(is_json(*result));
  return *result;
}

TEST_CASE("What Gemini does not know is left out, at every depth") {
  CHECK(clean(R"({"$schema":"x","type":"object","additionalProperties":false,"properties":{
                   "a":{"type":"string","minLength":1,"default":"q","additionalProperties":{}},
                   "b":{"type":"array","items":{"type":"number","multipleOf":2,"maximum":1.50},"uniqueItems":true}},
                   "required":["a","a"],"patternProperties":{}})") ==
        R"({"type":"object","properties":{"a":{"type":"string","minLength":1},)"
        R"("b":{"type":"array","items":{"type":"number","maximum":1.50}}},"required":["a"]})");
}

TEST_CASE("Formats and enums are kept where Gemini takes them") {
  CHECK(clean(R"({"type":"string","format":"date-time"})") == R"({"type":"string","format":"date-time"})");
  CHECK(clean(R"({"type":"string","format":"email"})") == R"({"type":"string"})");
  CHECK(clean(R"({"enum":["a","b",null]})") == R"({"type":"string","enum":["a","b"]})");
  CHECK(clean(R"({"type":"integer","enum":[1,2]})") == R"({"type":"integer"})");
  CHECK(clean(R"({"const":"x"})") == R"({"type":"string","enum":["x"]})");
}

TEST_CASE("Null among the types makes a schema nullable") {
  CHECK(clean(R"({"type":["string","null"]})") == R"({"type":"string","nullable":true})");
  CHECK(clean(R"({"anyOf":[{"type":"integer","minimum":0},{"type":"null"}],"description":"d"})") ==
        R"({"type":"integer","description":"d","minimum":0,"nullable":true})");
  CHECK(clean(R"({"type":["string","integer","null"]})") ==
        R"({"anyOf":[{"type":"string"},{"type":"integer"}],"nullable":true})");
}

TEST_CASE("A choice of several stays one") {
  CHECK(clean(R"({"oneOf":[{"type":"string"},{"type":"object","properties":{"a":{"type":"null"}}}]})") ==
        R"({"anyOf":[{"type":"string"},{"type":"object","properties":{"a":{"type":"null"}}}]})");
}

TEST_CASE("References are put in place, allOf is merged") {
  CHECK(
      clean(R"({"type":"object","properties":{"p":{"$ref":"#/$defs/A~1B","description":"mine"}},
                  "$defs":{"A/B":{"type":"object","description":"its","properties":{"n":{"type":"integer"}}}}})") ==
      R"({"type":"object","properties":{"p":{"type":"object","description":"mine","properties":{"n":{"type":"integer"}}}}})");
  CHECK(
      clean(R"({"allOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},
                           {"properties":{"b":{"type":"string"},"a":{"type":"number"}},"required":["b"]}]})") ==
      R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a","b"]})");
}

TEST_CASE("A reference into itself ends") {
  CHECK(clean(R"({"$ref":"#/$defs/N","$defs":{"N":{"type":"object","properties":{
                  "next":{"$ref":"#/$defs/N"},"v":{"type":"integer"}}}}})") ==
        R"({"type":"object","properties":{"next":{"type":"object"},"v":{"type":"integer"}}})");
  CHECK(
      clean(R"({"properties":{"self":{"$ref":"#"}}})") ==
      R"({"type":"object","properties":{"self":{"type":"object","properties":{"self":{"type":"object"}}}}})");
}

TEST_CASE("A reference that leads nowhere is refused") {
  for (const std::string_view bad : {R"({"$ref":"#/$defs/X"})", R"({"$ref":"https://x/y"})",
                                     R"({"$ref":"#x"})", R"({"a":1,"$ref":"#/a"})"}) {
    const auto result = google_schema(JsonView(bad));
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Errc::invalid);
  }
}

TEST_CASE("A schema that grows beyond the bounds is refused") {
  std::string doubling = R"({"$ref":"#/$defs/a0","$defs":{)";
  for (int i = 0; i < 40; ++i) {
    const std::string next = "{\"$ref\":\"#/$defs/a" + std::to_string(i + 1) + "\"}";
    doubling += "\"a" + std::to_string(i) + "\":{\"properties\":{\"l\":" + next + ",\"r\":" + next + "}},";
  }
  CHECK(google_schema(JsonView(doubling + R"("a40":{"type":"string"}}})")).error().code == Errc::limit);
  std::string deep = R"({"type":"string"})";
  for (int i = 0; i < 100; ++i) deep = R"({"items":)" + deep + "}";
  CHECK(google_schema(JsonView(deep)).error().code == Errc::limit);
}

TEST_CASE("Wrong types in a schema do no harm") {
  CHECK(clean(R"({"type":7,"properties":[],"required":"a","enum":{},"items":1,"anyOf":"x","format":[]})") ==
        "{}");
  CHECK(clean(R"({"properties":{"a":true,"b":1}})") == R"({"type":"object","properties":{"a":{},"b":{}}})");
}

// An object with `count` properties, each a reference to a definition of its own, and `bytes` beside them.
std::string referring(int count, std::size_t bytes) {
  std::string properties, definitions;
  for (int i = 0; i < count; ++i) {
    const std::string name = std::to_string(i);
    properties += (i == 0 ? "\"" : ",\"") + name + R"(":{"$ref":"#/$defs/d)" + name + "\"}";
    definitions += (i == 0 ? "\"d" : ",\"d") + name + R"(":{"type":"null"})";
  }
  return "{\"x\":\"" + std::string(bytes, 'x') + R"(","properties":{)" + properties + R"(},"$defs":{)" +
         definitions + "}}";
}

TEST_CASE("Many references are found without going over the whole schema for each") {
  const std::string result = clean(referring(5000, 1'000'000));
  CHECK(result.find(R"("4999":{"type":"null"})") != std::string::npos);
}

TEST_CASE("References into a large schema are counted against what is read") {
  CHECK(google_schema(JsonView(referring(10'000, 6'000'000))).error().code == Errc::limit);
  std::string wide = R"({"properties":{"p":{"$ref":"#/$defs/m0"}},"$defs":{"m0":{})";
  for (std::size_t i = 1; i <= k_google_schema_members_max; ++i) wide += ",\"m" + std::to_string(i) + "\":{}";
  CHECK(google_schema(JsonView(wide + "}}")).error().code == Errc::limit);
}

TEST_CASE("Several types beside a choice are one anyOf") {
  CHECK(clean(R"({"type":["string","integer"],"anyOf":[{"minLength":1},{"maximum":5}]})") ==
        R"({"anyOf":[{"type":"string"},{"type":"integer"}]})");
  CHECK(clean(R"({"type":["string","null"],"anyOf":[{"minLength":1},{"pattern":"a"}]})") ==
        R"({"type":"string","anyOf":[{"minLength":1},{"pattern":"a"}],"nullable":true})");
}

}  // namespace
}  // namespace pk::provider
