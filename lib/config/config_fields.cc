#include "config/config_fields.h"

#include <fmt/format.h>

#include <cmath>

#include "config/gateway_config.h"

namespace pk::config {

namespace {

constexpr std::int64_t k_status_min = 100;
constexpr std::int64_t k_status_max = 999;

bool check_range(const Spot& at, double number, double min, double max, Problems& problems) {
  if (number < min) problems.add(at, fmt::format("Number must be greater than or equal to {}", min));
  if (number > max) problems.add(at, fmt::format("Number must be less than or equal to {}", max));
  return number >= min && number <= max;
}

std::optional<double> read_number(const Spot& at, const JsonValue& value, double min, double max,
                                  Problems& problems) {
  if (!value.is_number()) {
    problems.add(at, wrong_type(JsonToken::number, value.kind));
    return {};
  }
  const auto number = json_number(value);
  if (!number) problems.add(at, "Number must be finite");
  return number && check_range(at, *number, min, max, problems) ? number : std::nullopt;
}

std::optional<std::int64_t> read_whole(const Spot& at, const JsonValue& value, std::int64_t min,
                                       std::int64_t max, Problems& problems) {
  const auto number = read_number(at, value, static_cast<double>(min), static_cast<double>(max), problems);
  if (!number) return {};
  if (std::trunc(*number) == *number) return static_cast<std::int64_t>(*number);
  problems.add(at, "Expected integer, received float");
  return {};
}

}  // namespace

std::string_view type_word(JsonToken kind) {
  switch (kind) {
    case JsonToken::object_begin:
      return "object";
    case JsonToken::array_begin:
      return "array";
    case JsonToken::string:
      return "string";
    case JsonToken::number:
      return "number";
    case JsonToken::truth:
      return "boolean";
    default:
      return "null";
  }
}

std::string wrong_type(JsonToken wanted, JsonToken found) {
  return fmt::format("Expected {}, received {}", type_word(wanted), type_word(found));
}

bool check_count(const Spot& at, std::size_t count, std::size_t count_max, Problems& problems) {
  if (count <= count_max) return true;
  problems.add(at, fmt::format("Array must contain at most {} element(s)", count_max));
  return false;
}

std::string snake_case(std::string_view name) {
  std::string snake;
  snake.reserve(name.size() + 4);
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !snake.empty()) snake += '_';
    snake += upper ? static_cast<char>(c - 'A' + 'a') : c == '-' ? '_' : c;
  }
  return snake;
}

Fields::Fields(const Spot& at, const JsonValue& value, Problems& problems)
    : m_at(at), m_problems(problems), m_members(json_members(value.text)) {
  for (JsonMember& member : m_members) member.key = snake_case(member.key);
}

const JsonValue* Fields::find(std::string_view name) const {
  for (std::size_t i = m_members.size(); i > 0; --i)
    if (m_members[i - 1].key == name) return &m_members[i - 1].value;
  return nullptr;
}

const JsonValue* Fields::of_kind(std::string_view name, JsonToken kind) const {
  const JsonValue* value = find(name);
  if (!value || value->kind == kind) return value;
  fail(name, wrong_type(kind, value->kind));
  return nullptr;
}

void Fields::require(std::string_view name) const {
  if (!has(name)) fail(name, "Required");
}

void Fields::fail(std::string_view name, std::string_view message) const {
  m_problems.add(Spot(m_at, name), message);
}

std::optional<std::string> Fields::text(std::string_view name) const {
  const JsonValue* value = of_kind(name, JsonToken::string);
  return value ? std::optional(json_plain(*value)) : std::nullopt;
}

std::optional<bool> Fields::boolean(std::string_view name) const {
  const JsonValue* value = of_kind(name, JsonToken::truth);
  return value ? std::optional(value->text == "true") : std::nullopt;
}

std::optional<double> Fields::number(std::string_view name, double min, double max) const {
  const JsonValue* value = find(name);
  return value ? read_number(Spot(m_at, name), *value, min, max, m_problems) : std::nullopt;
}

std::optional<std::int64_t> Fields::whole(std::string_view name, std::int64_t min, std::int64_t max) const {
  const JsonValue* value = find(name);
  return value ? read_whole(Spot(m_at, name), *value, min, max, m_problems) : std::nullopt;
}

std::optional<std::vector<int>> Fields::status_codes(std::string_view name) const {
  const JsonValue* value = array(name);
  if (!value) return {};
  const Spot list(m_at, name);
  const std::vector<JsonValue> elements = json_elements(value->text);
  if (!check_count(list, elements.size(), k_status_codes_max, m_problems)) return {};
  std::vector<int> codes;
  for (std::size_t i = 0; i < elements.size(); ++i)
    if (const auto code = read_whole(Spot(list, i), elements[i], k_status_min, k_status_max, m_problems))
      codes.push_back(static_cast<int>(*code));
  return codes;
}

std::optional<std::vector<std::string>> Fields::texts(std::string_view name, std::size_t count_max) const {
  const JsonValue* value = array(name);
  if (!value) return {};
  const Spot list(m_at, name);
  const std::vector<JsonValue> elements = json_elements(value->text);
  if (!check_count(list, elements.size(), count_max, m_problems)) return {};
  std::vector<std::string> found;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (elements[i].is_string())
      found.push_back(json_plain(elements[i]));
    else
      m_problems.add(Spot(list, i), wrong_type(JsonToken::string, elements[i].kind));
  }
  return found;
}

}  // namespace pk::config
