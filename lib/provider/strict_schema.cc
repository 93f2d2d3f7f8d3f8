#include "provider/strict_schema.h"

#include <algorithm>
#include <set>
#include <string>

namespace pk::provider {

namespace {

bool is_object_type(const JsonView& type) {
  bool among = type.is("object");
  for (const JsonView one : type.items()) among = among || one.is("object");
  return among;
}

bool requires_all(const JsonView& properties, const JsonView& required) {
  std::set<std::string, std::less<>> names;
  for (const JsonView name : required.items()) names.insert(name.text());
  for (const auto& [name, schema] : properties.members())
    if (!names.contains(name)) return false;
  return true;
}

bool has_foreign_word(const JsonView& schema) {
  const auto words = schema.pick("allOf", "oneOf", "not", "if", "then", "else", "patternProperties",
                                 "dependentRequired", "dependentSchemas");
  return !std::ranges::all_of(words, &JsonView::is_absent);
}

bool fits(const JsonView& schema, std::size_t depth) {
  if (depth > k_strict_schema_depth_max || !schema.is_object() || has_foreign_word(schema)) return false;
  const auto [type, properties, required, additional, items, any_of, defs, definitions] = schema.pick(
      "type", "properties", "required", "additionalProperties", "items", "anyOf", "$defs", "definitions");
  const bool object = properties.is_object() || is_object_type(type);
  if (object && (!additional.is_false() || !requires_all(properties, required))) return false;
  for (const JsonView& named : {properties, defs, definitions})
    for (const auto& [name, inner] : named.members())
      if (!fits(inner, depth + 1)) return false;
  for (const JsonView choice : any_of.items())
    if (!fits(choice, depth + 1)) return false;
  return !items.is_given() || fits(items, depth + 1);
}

}  // namespace

bool fits_strict(const JsonView& schema) {
  return schema["type"].is("object") && fits(schema, 0);
}

}  // namespace pk::provider
