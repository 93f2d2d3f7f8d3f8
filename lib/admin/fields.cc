#include "admin/fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace pk::admin {

namespace {

Error wrong_type(std::string_view name, std::string_view wanted) {
  return {Errc::invalid, fmt::format("{}: {} is expected", name, wanted)};
}

}  // namespace

Result<Fields> Fields::parse(std::string_view body, std::initializer_list<std::string_view> names) {
  if (!is_json(body) || !config::json_value(body).is_object())
    return Error{Errc::invalid, "the body is to be a JSON object"};
  Fields fields;
  for (config::JsonMember& member : config::json_members(trim(body))) {
    if (std::ranges::find(names, member.key) == names.end())
      return Error{Errc::invalid, fmt::format("'{}' is no member of this body; there are {}",
                                              visible(member.key, false), fmt::join(names, ", "))};
    const bool twice =
        std::ranges::find(fields.m_members, member.key, &config::JsonMember::key) != fields.m_members.end();
    if (twice) return Error{Errc::invalid, fmt::format("'{}' is there twice", member.key)};
    fields.m_members.push_back(std::move(member));
  }
  return fields;
}

const config::JsonValue* Fields::find(std::string_view name) const {
  const auto member = std::ranges::find(m_members, name, &config::JsonMember::key);
  return member == m_members.end() || member->value.kind == JsonToken::null ? nullptr : &member->value;
}

Result<std::optional<std::string>> Fields::text(std::string_view name) const {
  const config::JsonValue* value = find(name);
  if (!value) return std::optional<std::string>();
  if (!value->is_string()) return wrong_type(name, "a text");
  return std::optional(config::json_plain(*value));
}

Result<std::optional<bool>> Fields::flag(std::string_view name) const {
  const config::JsonValue* value = find(name);
  if (!value) return std::optional<bool>();
  if (value->kind != JsonToken::truth) return wrong_type(name, "true or false");
  return std::optional(value->text == "true");
}

Result<std::optional<std::int64_t>> Fields::integer(std::string_view name) const {
  const config::JsonValue* value = find(name);
  if (!value) return std::optional<std::int64_t>();
  const auto number = value->is_number() ? parse_int(value->text) : std::nullopt;
  if (!number) return wrong_type(name, "a whole number");
  return number;
}

Result<std::optional<std::string_view>> Fields::object(std::string_view name) const {
  const config::JsonValue* value = find(name);
  if (!value) return std::optional<std::string_view>();
  if (!value->is_object()) return wrong_type(name, "an object");
  return std::optional(value->text);
}

Result<std::optional<std::vector<std::string>>> Fields::texts(std::string_view name) const {
  const config::JsonValue* value = find(name);
  if (!value) return std::optional<std::vector<std::string>>();
  std::vector<std::string> all;
  if (value->is_string()) all.push_back(config::json_plain(*value));
  for (const config::JsonValue& one : config::json_elements(value->text)) {
    if (!one.is_string()) return wrong_type(name, "a list of texts");
    all.push_back(config::json_plain(one));
  }
  if (!value->is_string() && !value->is_array()) return wrong_type(name, "a list of texts");
  return std::optional(std::move(all));
}

Result<std::string> Fields::needed(std::string_view name) const {
  PK_ASSIGN(auto value, text(name));
  if (!value) return Error{Errc::invalid, fmt::format("{} is missing", name)};
  return *std::move(value);
}

}  // namespace pk::admin
