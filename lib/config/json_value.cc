#include "config/json_value.h"

#include <utility>

#include "base/text.h"

namespace pk::config {

JsonValue json_value(std::string_view text) {
  JsonReader reader(text);
  const JsonToken kind = reader.next();
  const std::string_view whole = reader.take_value();
  return whole.empty() ? JsonValue{} : JsonValue{kind, whole};
}

std::vector<JsonMember> json_members(std::string_view object) {
  std::vector<JsonMember> members;
  JsonReader reader(object);
  if (reader.next() != JsonToken::object_begin) return members;
  while (reader.next() == JsonToken::key) {
    std::string key = json_unquoted(reader.token());
    const JsonToken kind = reader.next();
    const std::string_view text = reader.take_value();
    if (text.empty()) break;
    members.push_back({std::move(key), {kind, text}});
  }
  return members;
}

JsonValue json_member(std::string_view object, std::string_view name) {
  JsonValue found;
  for (const JsonMember& one : json_members(object))
    if (one.key == name) found = one.value;
  return found;
}

std::vector<JsonValue> json_elements(std::string_view array) {
  std::vector<JsonValue> elements;
  JsonReader reader(array);
  if (reader.next() != JsonToken::array_begin) return elements;
  for (JsonToken kind = reader.next(); kind != JsonToken::array_end; kind = reader.next()) {
    const std::string_view text = reader.take_value();
    if (text.empty()) break;
    elements.push_back({kind, text});
  }
  return elements;
}

std::string json_plain(const JsonValue& value) {
  return value.is_string() ? json_unquoted(value.text) : std::string(value.text);
}

std::optional<double> json_number(const JsonValue& value) {
  return value.is_number() ? parse_real(value.text) : std::nullopt;
}

}  // namespace pk::config
