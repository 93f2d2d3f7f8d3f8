#include "provider/strict_schema.h"

#include <string>

#include "support/catch.h"

namespace pk::provider {
namespace {

bool strict(std::string_view schema) {
  return fits_strict(JsonView(schema));
}

constexpr std::string_view k_closed =
    R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false})";

// An object that has nothing but `name`, which is `schema`.
std::string holding(std::string_view name, std::string_view schema) {
  return R"({"type":"object","properties":{")" + std::string(name) + "\":" + std::string(schema) +
         R"(},"required":[")" + std::string(name) + R"("],"additionalProperties":false})";
}

TEST_CASE("A schema is strict where every object is closed and requires all it has") {
  CHECK(strict(k_closed));
  CHECK(strict(R"({"type":"object","properties":{},"required":[],"additionalProperties":false})"));
  CHECK(strict(holding("l", R"({"type":"array","items":)" + std::string(k_closed) + "}")));
  CHECK(strict(holding("l", R"({"anyOf":[)" + std::string(k_closed) + R"(,{"type":"null"}]})")));
  CHECK(strict(holding("l", R"({"type":["object","null"],"properties":{},"additionalProperties":false})")));
  // A property may have the name of a word, and a value may look like a schema.
  CHECK(strict(holding("properties", R"({"type":"string"})")));
  CHECK(strict(holding("not", R"({"enum":[{"type":"object"}],"default":{"type":"object"}})")));
}

TEST_CASE("One object that is open, or leaves a property out, is enough") {
  for (
      const std::string_view open :
      {R"({"type":"object"})", R"({"type":"object","properties":{"a":{}},"additionalProperties":false})",
       R"({"properties":{"a":{}},"required":["a"]})",
       R"({"type":["object","null"],"properties":{"a":{}},"required":["a"],"additionalProperties":{}})",
       R"({"type":"object","properties":{"a":{},"b":{}},"required":["a","a"],"additionalProperties":false})"}) {
    INFO(open);
    CHECK_FALSE(strict(open));
    CHECK_FALSE(strict(holding("x", open)));
    CHECK_FALSE(strict(holding("x", R"({"type":"array","items":)" + std::string(open) + "}")));
    CHECK_FALSE(strict(holding("x", R"({"anyOf":[{"type":"null"},)" + std::string(open) + "]}")));
    for (const char* place : {"$defs", "definitions"}) {
      std::string with = std::string(k_closed);
      with.insert(1, "\"" + std::string(place) + R"(":{"d":)" + std::string(open) + "},");
      CHECK_FALSE(strict(with));
    }
  }
}

TEST_CASE("Words that strict schemas do not have make one that is not strict") {
  for (const char* word : {"allOf", "oneOf", "not", "if", "patternProperties", "dependentRequired"})
    CHECK_FALSE(strict(holding("x", R"({")" + std::string(word) + R"(":[]})")));
  // The root is an object.
  CHECK_FALSE(strict(R"({"type":"string"})"));
  CHECK_FALSE(strict(R"({"anyOf":[)" + std::string(k_closed) + "]}"));
}

TEST_CASE("A schema that is too deep to look at, or none, is not strict") {
  std::string deep = R"({"type":"string"})";
  for (std::size_t i = 0; i <= k_strict_schema_depth_max; ++i)
    deep = R"({"type":"array","items":)" + deep + "}";
  CHECK_FALSE(strict(holding("x", deep)));
  for (const char* bad : {"", "7", "[]", "true", R"({"type":7,"properties":[]})"}) CHECK_FALSE(strict(bad));
  CHECK_FALSE(strict(holding("x", "7")));
}

}  // namespace
}  // namespace pk::provider
