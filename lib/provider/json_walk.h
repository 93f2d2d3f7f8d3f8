// Short forms for walking JSON with base/json_reader.h: each member, each element, what is not taken is
// skipped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_reader.h"

namespace pk::provider {

// Call right after `reader` gave object_begin: f(key, token) for each member, with the key as it stands
// (quotes, escapes) and the first token of the value. f may take the value (take_value, walk_members …) or
// leave it. False if the text broke.
template <class F>
bool walk_members(JsonReader& reader, F&& f) {
  const std::size_t depth = reader.depth();
  std::string_view key;
  for (JsonToken value = reader.next_member(key); value != JsonToken::object_end;
       value = reader.next_member(key)) {
    if (value == JsonToken::error) return false;
    f(key, value);
    if (reader.depth() > depth) reader.take_value();
  }
  return true;
}

// The same right after array_begin: f(token) for each element.
template <class F>
bool walk_elements(JsonReader& reader, F&& f) {
  const std::size_t depth = reader.depth();
  for (JsonToken token = reader.next(); token != JsonToken::array_end; token = reader.next()) {
    if (token == JsonToken::error) return false;
    f(token);
    if (reader.depth() > depth) reader.take_value();
  }
  return true;
}

bool means_escaped(std::string_view token, std::string_view name);
// Whether a key or string token means `name`; escapes count as what they stand for. One key is held against
// many names: almost all calls end at the size.
inline bool means(std::string_view token, std::string_view name) {
  if (token.size() == name.size() + 2) return token.substr(1, name.size()) == name;
  const bool longer = token.size() > name.size() + 2 && !name.empty();
  return longer && (token[1] == name[0] || token[1] == '\\') && means_escaped(token, name);
}

// What a key or string token means: a view of it, or of `room` where escapes had to be undone.
std::string_view name_of(std::string_view token, std::string& room);

// The text of the string that reader gave last, "" for another token.
std::string text_of(const JsonReader& reader, JsonToken token);

// The whole number from 0 to `max` that reader gave last (12.0 too); nothing for anything else.
std::optional<std::int64_t> count_of(const JsonReader& reader, JsonToken token, std::int64_t max);

}  // namespace pk::provider
