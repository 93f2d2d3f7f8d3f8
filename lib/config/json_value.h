// A JSON document as views into its text, one level at a time: for schemas that look members up by name and
// keep the text of values that they do not understand. The text must be JSON (base/json.h, is_json) and
// outlive the views.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"

namespace pk::config {

struct JsonValue {
  JsonToken kind = JsonToken::null;  // the first token: object_begin, array_begin or a scalar
  std::string_view text;

  bool is_object() const { return kind == JsonToken::object_begin; }
  bool is_array() const { return kind == JsonToken::array_begin; }
  bool is_string() const { return kind == JsonToken::string; }
  bool is_number() const { return kind == JsonToken::number; }
};

struct JsonMember {
  std::string key;  // escapes undone
  JsonValue value;
};

// The value that is the whole of `text`; null if it is no JSON.
JsonValue json_value(std::string_view text);
// The members of an object in their order, twins included; none of anything else.
std::vector<JsonMember> json_members(std::string_view object);
// The member of that name, of twins the last; null if there is none.
JsonValue json_member(std::string_view object, std::string_view name);
// The elements of an array; none of anything else.
std::vector<JsonValue> json_elements(std::string_view array);

// A scalar as plain text: a string without quotes and escapes, else as it stands.
std::string json_plain(const JsonValue& value);
// A number that double holds; nothing for other kinds and for 1e999.
std::optional<double> json_number(const JsonValue& value);

}  // namespace pk::config
