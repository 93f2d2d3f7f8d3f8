#include "provider/json_parts.h"

#include <algorithm>

#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "provider/json_walk.h"

namespace pk::provider {

JsonObject::JsonObject(std::string_view json) {
  JsonReader reader(json, k_parts_depth_max);
  if (reader.next() != JsonToken::object_begin) return;
  walk_members(reader, [&](std::string_view key, JsonToken) {
    m_fields.push_back({key, reader.take_value()});
  });
  m_ok = reader.next() == JsonToken::end;
  if (!m_ok) m_fields.clear();
}

std::string_view JsonObject::raw(std::string_view name) const {
  const auto last = std::find_if(m_fields.rbegin(), m_fields.rend(),
                                 [&](const Field& field) { return means(field.key, name); });
  return last == m_fields.rend() ? std::string_view() : last->value;
}

std::string JsonObject::text(std::string_view name) const {
  const std::string_view value = raw(name);
  return is_string(value) ? json_unquoted(value) : std::string();
}

std::optional<std::int64_t> JsonObject::count(std::string_view name, std::int64_t max) const {
  const std::string_view value = raw(name);
  if (value.empty()) return {};
  JsonReader reader(value);
  const JsonToken token = reader.next();
  return count_of(reader, token, max);
}

bool JsonObject::has(std::string_view name) const {
  const std::string_view value = raw(name);
  return !value.empty() && value != "null";
}

std::vector<std::string_view> json_items(std::string_view json) {
  std::vector<std::string_view> items;
  JsonReader reader(json, k_parts_depth_max);
  if (reader.next() != JsonToken::array_begin) return items;
  walk_elements(reader, [&](JsonToken) { items.push_back(reader.take_value()); });
  if (reader.next() != JsonToken::end) items.clear();
  return items;
}

std::string_view as_one_line(std::string_view json, std::string& room) {
  const bool utf8 = is_utf8(json);
  if (utf8 && json.find_first_of("\r\n") == std::string_view::npos) return json;
  room = utf8 ? std::string(json) : utf8_repaired(json);
  std::ranges::replace_if(
      room, [](char c) { return c == '\r' || c == '\n'; }, ' ');
  return room;
}

std::string& ObjectWriter::key(std::string_view name) {
  if (!m_first) m_out += ',';
  m_first = false;
  return m_out.append("\"").append(name).append("\":");
}

void ObjectWriter::text(std::string_view name, std::string_view text) {
  append_json_string(key(name), text);
}

void ObjectWriter::number(std::string_view name, std::int64_t value) {
  append_json_number(key(name), value);
}

void ObjectWriter::copy(const JsonObject& from, std::string_view name, std::string_view as) {
  if (from.has(name)) raw(as, from.raw(name));
}

std::string& ArrayWriter::next() {
  if (!m_first) m_out += ',';
  m_first = false;
  return m_out;
}

}  // namespace pk::provider
