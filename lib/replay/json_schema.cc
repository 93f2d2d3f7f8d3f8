#include "replay/json_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "config/config_fields.h"
#include "config/json_value.h"
#include "config/pattern.h"

namespace pk::replay {

namespace {

using config::json_elements;
using config::json_member;
using config::json_members;
using config::JsonMember;
using config::JsonValue;

// What a member of a schema holds.
enum class Holds : std::uint8_t { value, schema, schemas, named_schemas, nothing };
struct Keyword {
  std::string_view name;
  Holds holds;
};
constexpr std::array k_keywords = {
    Keyword{"type", Holds::value},
    Keyword{"enum", Holds::value},
    Keyword{"const", Holds::value},
    Keyword{"properties", Holds::named_schemas},
    Keyword{"patternProperties", Holds::named_schemas},
    Keyword{"required", Holds::value},
    Keyword{"additionalProperties", Holds::schema},
    Keyword{"propertyNames", Holds::schema},
    Keyword{"minProperties", Holds::value},
    Keyword{"maxProperties", Holds::value},
    Keyword{"items", Holds::schema},
    Keyword{"prefixItems", Holds::schemas},
    Keyword{"contains", Holds::schema},
    Keyword{"minItems", Holds::value},
    Keyword{"maxItems", Holds::value},
    Keyword{"uniqueItems", Holds::value},
    Keyword{"minLength", Holds::value},
    Keyword{"maxLength", Holds::value},
    Keyword{"pattern", Holds::value},
    Keyword{"minimum", Holds::value},
    Keyword{"maximum", Holds::value},
    Keyword{"exclusiveMinimum", Holds::value},
    Keyword{"exclusiveMaximum", Holds::value},
    Keyword{"multipleOf", Holds::value},
    Keyword{"allOf", Holds::schemas},
    Keyword{"anyOf", Holds::schemas},
    Keyword{"oneOf", Holds::schemas},
    Keyword{"not", Holds::schema},
    Keyword{"$ref", Holds::value},
    Keyword{"$defs", Holds::named_schemas},
    Keyword{"definitions", Holds::named_schemas},
    // What only explains.
    Keyword{"$schema", Holds::nothing},
    Keyword{"$id", Holds::nothing},
    Keyword{"$comment", Holds::nothing},
    Keyword{"$anchor", Holds::nothing},
    Keyword{"title", Holds::nothing},
    Keyword{"description", Holds::nothing},
    Keyword{"default", Holds::nothing},
    Keyword{"examples", Holds::nothing},
    Keyword{"deprecated", Holds::nothing},
    Keyword{"readOnly", Holds::nothing},
    Keyword{"writeOnly", Holds::nothing},
    Keyword{"format", Holds::nothing},
    Keyword{"contentMediaType", Holds::nothing},
    Keyword{"contentEncoding", Holds::nothing},
};

constexpr std::array<std::string_view, 5> k_bounds = {"minimum", "maximum", "exclusiveMinimum",
                                                      "exclusiveMaximum", "multipleOf"};
constexpr std::array<std::string_view, 7> k_types = {"object",  "array",   "string", "number",
                                                     "integer", "boolean", "null"};

bool is_schema(const JsonValue& value) {
  return value.is_object() || value.kind == JsonToken::truth;
}

// "#/$defs/name": what it leads to within the document; null where it leads nowhere.
JsonValue referred(std::string_view document, std::string_view reference) {
  JsonValue at = config::json_value(document);
  if (reference == "#") return at;
  if (!reference.starts_with("#/")) return {};
  for (std::string_view rest = reference.substr(2);;) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    std::string name(rest.substr(0, slash));
    for (const auto& [code, c] : {std::pair{"~1", '/'}, {"~0", '~'}})
      for (std::size_t i = 0; (i = name.find(code, i)) != std::string::npos; ++i) name.replace(i, 2, 1, c);
    const auto index = parse_uint(name);
    if (at.is_array()) {
      const std::vector<JsonValue> elements = json_elements(at.text);
      at = index && *index < elements.size() ? elements[*index] : JsonValue{};
    } else {
      at = json_member(at.text, name);
    }
    if (slash == rest.size()) return at;
    rest.remove_prefix(slash + 1);
  }
}

// ---- the schema itself ----

class SchemaCheck {
 public:
  explicit SchemaCheck(std::string_view document) : m_document(document) {}

  Result<void> check(const JsonValue& schema, const std::string& path) {
    if (schema.kind == JsonToken::truth) return {};
    if (!schema.is_object()) return wrong(path, "a schema is an object, true or false");
    for (const JsonMember& one : json_members(schema.text)) PK_TRY(check_member(one, path + "/" + one.key));
    return {};
  }

 private:
  static Error wrong(const std::string& path, std::string_view what) {
    return {Errc::invalid, fmt::format("{}: {}", path.empty() ? "the schema" : visible(path, false), what)};
  }

  Result<void> check_member(const JsonMember& one, const std::string& path) {
    const auto keyword = std::ranges::find(k_keywords, std::string_view(one.key), &Keyword::name);
    if (keyword == k_keywords.end()) return wrong(path, "this keyword is not understood");
    if (keyword->holds == Holds::schema) return check_one(one, path);
    if (keyword->holds == Holds::value) return check_value(one, path);
    if (keyword->holds == Holds::schemas) {
      if (!one.value.is_array()) return wrong(path, "a list of schemas is expected");
      std::size_t index = 0;
      for (const JsonValue& below : json_elements(one.value.text))
        PK_TRY(check(below, fmt::format("{}/{}", path, index++)));
    } else if (keyword->holds == Holds::named_schemas) {
      if (!one.value.is_object()) return wrong(path, "schemas by name are expected");
      for (const JsonMember& below : json_members(one.value.text)) {
        if (one.key == "patternProperties") PK_TRY(check_pattern(below.key, path));
        PK_TRY(check(below.value, path + "/" + below.key));
      }
    }
    return {};
  }

  // Of draft 7 a list of items is what prefixItems became.
  Result<void> check_one(const JsonMember& one, const std::string& path) {
    if (one.key != "items" || !one.value.is_array()) return check(one.value, path);
    std::size_t index = 0;
    for (const JsonValue& below : json_elements(one.value.text))
      PK_TRY(check(below, fmt::format("{}/{}", path, index++)));
    return {};
  }

  Result<void> check_value(const JsonMember& one, const std::string& path) {
    const std::string& key = one.key;
    const bool text = key == "pattern" || key == "$ref", list = key == "enum" || key == "required";
    if (text && !one.value.is_string()) return wrong(path, "a text is expected");
    if (list && !one.value.is_array()) return wrong(path, "a list is expected");
    if (key == "pattern") return check_pattern(config::json_plain(one.value), path);
    if (key == "$ref" && !is_schema(referred(m_document, config::json_plain(one.value))))
      return wrong(path, "it leads to no schema within this file");
    const bool number = key.starts_with("min") || key.starts_with("max") || key.starts_with("exclusive") ||
                        key == "multipleOf";
    if (number && !config::json_number(one.value)) return wrong(path, "a number is expected");
    if (key == "multipleOf" && *config::json_number(one.value) <= 0) return wrong(path, "it must be above 0");
    if (key == "uniqueItems" && one.value.kind != JsonToken::truth)
      return wrong(path, "true or false is expected");
    if (key == "required" && !std::ranges::all_of(json_elements(one.value.text), &JsonValue::is_string))
      return wrong(path, "a list of names is expected");
    if (key == "type") return check_type(one.value, path);
    return {};
  }

  // A type that there is not would hold of nothing, and its `not` of everything.
  static Result<void> check_type(const JsonValue& value, const std::string& path) {
    const auto is_type = [](const JsonValue& type) {
      return type.is_string() && std::ranges::find(k_types, config::json_plain(type)) != k_types.end();
    };
    const bool good =
        value.is_array() ? std::ranges::all_of(json_elements(value.text), is_type) : is_type(value);
    return good ? Result<void>() : wrong(path, "a type or a list of types is expected");
  }

  Result<void> check_pattern(std::string_view pattern, const std::string& path) {
    const auto good = config::check_pattern(pattern);
    return good ? Result<void>() : Result<void>(wrong(path, good.error().message));
  }

  std::string_view m_document;
};

// ---- a text against it ----

std::string_view type_of(const JsonValue& value) {
  return config::type_word(value.kind);
}

bool is_of_type(const JsonValue& value, std::string_view type) {
  if (type != "integer") return type == type_of(value);
  const auto number = value.is_number() ? config::json_number(value) : std::nullopt;
  return number && *number == std::floor(*number);
}

// 1 and 1.0 are one number, within arrays and objects too.
bool is_equal(const JsonValue& a, const JsonValue& b) {
  if (a.is_number() && b.is_number() && config::json_number(a))
    return config::json_number(a) == config::json_number(b);
  if (a.kind != b.kind) return false;
  if (a.is_array()) return std::ranges::equal(json_elements(a.text), json_elements(b.text), is_equal);
  if (!a.is_object()) return config::json_plain(a) == config::json_plain(b);
  const std::vector<JsonMember> members = json_members(a.text);
  return members.size() == json_members(b.text).size() &&
         std::ranges::all_of(members, [&](const JsonMember& one) {
           return is_equal(one.value, json_member(b.text, one.key));
         });
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

using Problem = std::optional<std::string>;

class Validation {
 public:
  explicit Validation(std::string_view document) : m_document(document) {}

  // Whether it holds; where it does not, m_problem is the innermost thing that is wrong.
  bool is_valid(const JsonValue& schema, const JsonValue& value, const std::string& path) {
    if (m_depth >= k_schema_depth_max || ++m_steps > k_schema_steps_max) return give_up(path);
    ++m_depth;
    const bool valid = holds(schema, value, path);
    --m_depth;
    return valid;
  }
  // Nothing only where all was looked at: within a `not`, what was given up would be what is asked for.
  std::optional<std::string> problem_with(const JsonValue& schema, const JsonValue& value) {
    const bool valid = is_valid(schema, value, "");
    if (m_given_up) return m_given_up;
    return valid ? std::nullopt : std::optional(m_problem);
  }

 private:
  bool give_up(const std::string& path) {
    fail(path, "is nested too deep, or too large, to be checked");
    if (!m_given_up) m_given_up = m_problem;
    return false;
  }

  bool fail(const std::string& path, std::string_view words) {
    m_problem = path.empty() ? std::string(words) : fmt::format("at {} {}", visible(path, false), words);
    return false;
  }

  bool holds(const JsonValue& schema, const JsonValue& value, const std::string& path) {
    if (schema.kind == JsonToken::truth)
      return schema.text == "true" || fail(path, "has what the schema does not allow");
    const std::vector<JsonMember> members = json_members(schema.text);
    return std::ranges::all_of(
        members, [&](const JsonMember& one) { return member_holds(schema.text, one, value, path); });
  }

  bool member_holds(std::string_view schema, const JsonMember& one, const JsonValue& value,
                    const std::string& path) {
    const std::string& key = one.key;
    if (key == "type") return type_holds(one.value, value, path);
    if (key == "enum") return enum_holds(one.value, value, path);
    if (key == "const")
      return is_equal(one.value, value) ||
             fail(path, fmt::format("is not {}", visible(one.value.text, false)));
    if (key == "$ref") return is_valid(referred(m_document, config::json_plain(one.value)), value, path);
    if (key == "allOf" || key == "anyOf" || key == "oneOf") return combined_holds(one, value, path);
    if (key == "not") {
      const std::string before = m_problem;
      if (is_valid(one.value, value, path)) return fail(path, "is what the schema excludes");
      m_problem = before;
      return true;
    }
    if (value.is_object()) return object_holds(schema, one, value, path);
    if (value.is_array()) return array_holds(schema, one, value, path);
    if (value.is_string()) return string_holds(one, config::json_plain(value), path);
    return !value.is_number() || number_holds(one, value, path);
  }

  bool type_holds(const JsonValue& wanted, const JsonValue& value, const std::string& path) {
    std::string names;
    for (const JsonValue& type : wanted.is_array() ? json_elements(wanted.text) : std::vector{wanted}) {
      const std::string name = config::json_plain(type);
      if (is_of_type(value, name)) return true;
      names += (names.empty() ? "" : " or ") + name;
    }
    return fail(path,
                fmt::format("is of type {}, and {} is asked for", type_of(value), visible(names, false)));
  }

  bool enum_holds(const JsonValue& wanted, const JsonValue& value, const std::string& path) {
    for (const JsonValue& one : json_elements(wanted.text))
      if (is_equal(one, value)) return true;
    return fail(path, "is none of the values that are allowed");
  }

  bool combined_holds(const JsonMember& one, const JsonValue& value, const std::string& path) {
    std::size_t valid = 0, all = 0;
    const std::string before = m_problem;
    for (const JsonValue& schema : json_elements(one.value.text)) {
      ++all;
      if (is_valid(schema, value, path)) ++valid;
    }
    if (one.key == "allOf") return valid == all;
    if (one.key == "anyOf" ? valid > 0 : valid == 1) {
      m_problem = before;
      return true;
    }
    return valid > 1 ? fail(path, "is what more than one schema of oneOf allows") : false;
  }

  bool count_holds(const JsonMember& one, std::size_t count, std::string_view what, const std::string& path) {
    const double bound = config::json_number(one.value).value_or(0);
    const bool least = one.key.starts_with("min");
    const bool holds = least ? static_cast<double>(count) >= bound : static_cast<double>(count) <= bound;
    return holds || fail(path, fmt::format("has {} {}, and {} is the {}", count, what, one.value.text,
                                           least ? "least" : "most"));
  }

  bool object_holds(std::string_view schema, const JsonMember& one, const JsonValue& value,
                    const std::string& path) {
    const std::vector<JsonMember> members = json_members(value.text);
    if (one.key == "minProperties" || one.key == "maxProperties")
      return count_holds(one, members.size(), "members", path);
    if (one.key == "required") return required_hold(one.value, members, path);
    for (const JsonMember& had : members) {
      const std::string below = path + "/" + had.key;
      if (one.key == "properties") {
        const JsonValue wanted = json_member(one.value.text, had.key);
        if (is_schema(wanted) && !is_valid(wanted, had.value, below)) return false;
      } else if (one.key == "patternProperties") {
        for (const JsonMember& wanted : json_members(one.value.text))
          if (config::pattern_found(wanted.key, had.key) && !is_valid(wanted.value, had.value, below))
            return false;
      } else if (one.key == "additionalProperties") {
        if (is_additional(schema, had.key) && !is_valid(one.value, had.value, below)) return false;
      } else if (one.key == "propertyNames") {
        const std::string name = json_string(had.key);
        if (!is_valid(one.value, config::json_value(name), below)) return false;
      }
    }
    return true;
  }

  bool required_hold(const JsonValue& names, const std::vector<JsonMember>& members,
                     const std::string& path) {
    for (const JsonValue& name : json_elements(names.text)) {
      const std::string wanted = config::json_plain(name);
      if (std::ranges::find(members, wanted, &JsonMember::key) == members.end())
        return fail(path, fmt::format("has no member '{}'", visible(wanted, false)));
    }
    return true;
  }

  static bool is_additional(std::string_view schema, const std::string& key) {
    if (json_member(json_member(schema, "properties").text, key).text.data() != nullptr) return false;
    const std::vector<JsonMember> patterns = json_members(json_member(schema, "patternProperties").text);
    return std::ranges::none_of(patterns,
                                [&](const JsonMember& one) { return config::pattern_found(one.key, key); });
  }

  bool array_holds(std::string_view schema, const JsonMember& one, const JsonValue& value,
                   const std::string& path) {
    const std::vector<JsonValue> items = json_elements(value.text);
    if (one.key == "minItems" || one.key == "maxItems") return count_holds(one, items.size(), "items", path);
    if (one.key == "prefixItems" || (one.key == "items" && one.value.is_array()))
      return prefix_holds(json_elements(one.value.text), items, path);
    if (one.key == "items") {
      const std::size_t from = json_elements(json_member(schema, "prefixItems").text).size();
      for (std::size_t i = from; i < items.size(); ++i)
        if (!is_valid(one.value, items[i], fmt::format("{}/{}", path, i))) return false;
    } else if (one.key == "contains") {
      for (const JsonValue& item : items)
        if (is_valid(one.value, item, path)) return true;
      return fail(path, "has no item of the kind that is asked for");
    } else if (one.key == "uniqueItems" && one.value.text == "true") {
      for (std::size_t i = 0; i < items.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
          if (is_equal(items[i], items[j])) return fail(path, "has an item twice");
    }
    return true;
  }

  bool prefix_holds(const std::vector<JsonValue>& schemas, const std::vector<JsonValue>& items,
                    const std::string& path) {
    for (std::size_t i = 0; i < std::min(schemas.size(), items.size()); ++i)
      if (!is_valid(schemas[i], items[i], fmt::format("{}/{}", path, i))) return false;
    return true;
  }

  bool string_holds(const JsonMember& one, const std::string& text, const std::string& path) {
    if (one.key == "minLength" || one.key == "maxLength")
      return count_holds(one, characters(text), "characters", path);
    if (one.key != "pattern") return true;
    return config::pattern_found(config::json_plain(one.value), text) ||
           fail(path, "does not match the pattern");
  }

  bool number_holds(const JsonMember& one, const JsonValue& value, const std::string& path) {
    if (std::ranges::find(k_bounds, std::string_view(one.key)) == k_bounds.end()) return true;
    const auto number = config::json_number(value), bound = config::json_number(one.value);
    if (!number || !bound) return fail(path, "is too large a number to be checked");
    const auto ask = [&](bool holds, std::string_view words) {
      return holds || fail(path, fmt::format("is {}, and {} {}", value.text, one.value.text, words));
    };
    if (one.key == "minimum") return ask(*number >= *bound, "is the least");
    if (one.key == "maximum") return ask(*number <= *bound, "is the most");
    if (one.key == "exclusiveMinimum") return ask(*number > *bound, "is too little");
    if (one.key == "exclusiveMaximum") return ask(*number < *bound, "is too much");
    constexpr double k_tolerance = 1e-9;
    const double parts = *number / *bound;
    return ask(std::abs(parts - std::round(parts)) < k_tolerance, "does not divide it");
  }

  std::string_view m_document;
  std::string m_problem;
  std::optional<std::string> m_given_up;
  std::size_t m_depth = 0;
  std::size_t m_steps = 0;
};

}  // namespace

Result<JsonSchema> JsonSchema::parse(std::string json) {
  if (!is_json(json)) return Error{Errc::invalid, "it is no JSON"};
  PK_TRY(SchemaCheck(json).check(config::json_value(json), ""));
  return JsonSchema(std::move(json));
}

std::optional<std::string> JsonSchema::problem_of(std::string_view text) const {
  if (!is_json(text)) return "is no JSON";
  Validation validation(m_json);
  return validation.problem_with(config::json_value(m_json), config::json_value(text));
}

}  // namespace pk::replay
