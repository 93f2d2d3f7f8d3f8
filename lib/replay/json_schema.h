// Whether a JSON text is what a JSON Schema asks for: the part of drafts 7 to 2020-12 that schemas of
// structured answers use. Pure.
//
// Understood: type enum const, properties required additionalProperties patternProperties minProperties
// maxProperties propertyNames, items prefixItems contains minItems maxItems uniqueItems, minLength maxLength
// pattern, minimum maximum exclusiveMinimum exclusiveMaximum multipleOf, allOf anyOf oneOf not, $ref within
// the document, and true and false for schemas. Passed over, as the standard has it: format and what only
// explains. A keyword that would constrain and is not understood makes the schema an error: an assertion that
// is not looked at would always hold.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pk::replay {

inline constexpr std::size_t k_schema_depth_max = 64;  // of schemas that are followed within each other
inline constexpr std::size_t k_schema_steps_max = 1'000'000;  // schemas applied to one text

class JsonSchema {
 public:
  // invalid, naming the place, for what is no JSON, no schema, or not understood.
  static Result<JsonSchema> parse(std::string json);

  // Nothing if the text is what the schema asks for; else the first thing that is wrong, to go on after "the
  // answer": "is no JSON", "has at /items/0/name a number, and a string is asked for".
  std::optional<std::string> problem_of(std::string_view text) const;

 private:
  explicit JsonSchema(std::string json) : m_json(std::move(json)) {}
  std::string m_json;
};

}  // namespace pk::replay
