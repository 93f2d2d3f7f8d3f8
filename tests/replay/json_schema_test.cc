#include "replay/json_schema.h"

#include "support/catch.h"

namespace pk::replay {

namespace {

// "" if the text is what the schema asks for.
std::string problem(const char* schema, const char* text) {
  const auto parsed = JsonSchema::parse(schema);
  if (!parsed) return "schema: " + parsed.error().message;
  return parsed->problem_of(text).value_or("");
}

struct Case {
  const char *schema, *good, *bad;
};

}  // namespace

TEST_CASE("Each keyword lets one text pass and another not") {
  const Case cases[] = {
      {R"({"type":"object"})", "{}", "[]"},
      {R"({"type":["string","null"]})", "null", "1"},
      {R"({"type":"integer"})", "1.0", "1.5"},
      {R"({"type":"number"})", "1e3", "\"1\""},
      {R"({"type":"boolean"})", "true", "0"},
      {R"({"enum":["a",{"b":[1]}]})", R"({ "b": [1.0] })", "\"b\""},
      {R"({"const":1})", "1.0", "2"},
      {R"({"properties":{"a":{"type":"string"}}})", R"({"a":"x","b":1})", R"({"a":1})"},
      {R"({"required":["a"]})", R"({"a":null})", R"({"b":1})"},
      {R"({"properties":{"a":true},"additionalProperties":false})", R"({"a":1})", R"({"a":1,"b":2})"},
      {R"({"patternProperties":{"^x":{"type":"number"}},"additionalProperties":{"type":"string"}})",
       R"({"x1":1,"y":"s"})", R"({"x1":"s"})"},
      {R"({"propertyNames":{"maxLength":2}})", R"({"ab":1})", R"({"abc":1})"},
      {R"({"minProperties":1})", R"({"a":1})", "{}"},
      {R"({"maxProperties":1})", R"({"a":1})", R"({"a":1,"b":1})"},
      {R"({"items":{"type":"number"}})", "[1,2]", "[1,\"2\"]"},
      {R"({"items":[{"type":"number"}]})", "[1,\"x\"]", "[\"x\"]"},
      {R"({"prefixItems":[{"type":"number"}],"items":{"type":"string"}})", "[1,\"x\"]", "[1,2]"},
      {R"({"contains":{"const":3}})", "[1,3]", "[1,2]"},
      {R"({"minItems":1})", "[0]", "[]"},
      {R"({"maxItems":1})", "[0]", "[0,1]"},
      {R"({"uniqueItems":true})", "[1,\"1\"]", "[1,1.0]"},
      {R"({"minLength":2})", "\"éé\"", "\"é\""},
      {R"({"maxLength":1})", "\"é\"", "\"ab\""},
      {R"({"pattern":"^a+$"})", "\"aa\"", "\"b\""},
      {R"({"minimum":1})", "1", "0.9"},
      {R"({"maximum":1})", "1", "1.1"},
      {R"({"exclusiveMinimum":1})", "1.1", "1"},
      {R"({"exclusiveMaximum":1})", "0.9", "1"},
      {R"({"multipleOf":0.1})", "0.3", "0.35"},
      {R"({"allOf":[{"minimum":1},{"maximum":2}]})", "1.5", "3"},
      {R"({"anyOf":[{"type":"string"},{"minimum":5}]})", "5", "4"},
      {R"({"oneOf":[{"minimum":1},{"maximum":2}]})", "3", "1.5"},
      {R"({"not":{"type":"string"}})", "1", "\"x\""},
      {R"({"$ref":"#/$defs/a~1b","$defs":{"a/b":{"type":"null"}}})", "null", "1"},
      {R"({"title":"t","format":"date","properties":{"n":{"$ref":"#"}},"type":"object"})",
       R"({"n":{"n":{}}})", R"({"n":{"n":1}})"}};
  for (const Case& one : cases) {
    CAPTURE(one.schema);
    CHECK(problem(one.schema, one.good) == "");
    const std::string bad = problem(one.schema, one.bad);
    CHECK_FALSE(bad.empty());
    CHECK_FALSE(bad.starts_with("schema: "));
  }
  CHECK(problem("true", "1") == "");
  CHECK(problem("false", "1") == "has what the schema does not allow");
}

TEST_CASE("What is wrong is told with its place") {
  CHECK(problem(R"({"properties":{"items":{"items":{"type":"string"}}}})", R"({"items":["a",2]})") ==
        "at /items/1 is of type number, and string is asked for");
  CHECK(problem(R"({"minItems":2})", "[1]") == "has 1 items, and 2 is the least");
  CHECK(problem("{}", "{\"a\":") == "is no JSON");
}

TEST_CASE("A schema that could not be looked at whole is refused") {
  const std::pair<const char*, const char*> cases[] = {
      {"{", "it is no JSON"},
      {"[]", "the schema: a schema is an object, true or false"},
      {R"({"properties":{"a":{"dependentRequired":{}}}})",
       "/properties/a/dependentRequired: this keyword is not understood"},
      {R"({"$ref":"https://example.com/x"})", "/$ref: it leads to no schema within this file"},
      {R"({"$ref":"#/$defs/gone"})", "/$ref: it leads to no schema within this file"},
      {R"({"pattern":"("})", "/pattern: "},
      {R"({"minimum":"1"})", "/minimum: a number is expected"},
      {R"({"multipleOf":0})", "/multipleOf: it must be above 0"},
      {R"({"enum":1})", "/enum: a list is expected"},
      {R"({"anyOf":{}})", "/anyOf: a list of schemas is expected"},
      {R"({"type":1})", "/type: a type or a list of types is expected"},
      {R"({"not":{"type":"objct"}})", "/not/type: a type or a list of types is expected"},
      {R"({"required":["a",1]})", "/required: a list of names is expected"},
      {R"({"uniqueItems":"yes"})", "/uniqueItems: true or false is expected"}};
  for (const auto& [schema, words] : cases) {
    CAPTURE(schema);
    CHECK(problem(schema, "1").starts_with(std::string("schema: ") + words));
  }
}

TEST_CASE("A schema that calls itself for ever is no end of it") {
  CHECK(problem(R"({"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}})", "1") ==
        "is nested too deep, or too large, to be checked");
  CHECK_FALSE(problem(R"({"allOf":[{"$ref":"#"},{"$ref":"#"}]})", "1").empty());
  // Whichever way a `not` turns what was given up.
  CHECK_FALSE(problem(R"({"not":{"$ref":"#"}})", "1").empty());
  CHECK_FALSE(problem(R"({"not":{"not":{"$ref":"#"}}})", "1").empty());
  CHECK_FALSE(problem(R"({"anyOf":[{"not":{"$ref":"#"}},true]})", "1").empty());
}

TEST_CASE("A number that cannot be held is within no bounds, and nothing else of it is asked") {
  CHECK(problem(R"({"maximum":10})", "1e999") == "is too large a number to be checked");
  CHECK(problem(R"({"multipleOf":10})", "1e999") == "is too large a number to be checked");
  CHECK(problem(R"({"title":"x","minLength":3,"type":"number"})", "1e999") == "");
  CHECK(problem(R"({"const":1e999})", "2e999") == "is not 1e999");
}

}  // namespace pk::replay
