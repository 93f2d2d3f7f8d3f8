#include "imports/row.h"

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"

namespace pk::imports {

namespace {

constexpr double k_count_max = 1e15;

bool is_compound(std::string_view json) {
  return (json.starts_with('{') || json.starts_with('[')) && is_json(json);
}

}  // namespace

Result<Row> Row::of_json(std::string_view json) {
  if (!is_json(json)) return Error{Errc::invalid, "it is no JSON"};
  JsonReader reader(json);
  if (reader.next() != JsonToken::object_begin) return Error{Errc::invalid, "it is no JSON object"};
  Row row;
  std::string_view key;
  while (true) {
    const JsonToken token = reader.next_member(key);
    if (token == JsonToken::object_end) return row;
    const bool opens = token == JsonToken::object_begin || token == JsonToken::array_begin;
    const std::string_view value = opens ? reader.take_value() : reader.token();
    if (row.m_values.size() == k_row_values_max) return Error{Errc::invalid, "it has too many values"};
    if (token != JsonToken::null) row.m_values.push_back({json_unquoted(key), value, {}});
  }
}

Result<Row> Row::of_cells(const std::vector<std::string>& names, const std::vector<std::string>& cells) {
  if (cells.size() != names.size())
    return Error{Errc::invalid, "it has another number of cells than the header"};
  Row row;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!cells[i].empty()) row.m_values.push_back({names[i], {}, cells[i]});
  return row;
}

const Row::Value* Row::find(std::string_view name) const {
  const auto at = std::ranges::find(m_values, name, &Value::name);
  return at == m_values.end() ? nullptr : &*at;
}

std::string Row::text(std::string_view name) const {
  const Value* value = find(name);
  if (!value) return {};
  if (value->json.empty()) return std::string(value->cell);
  return value->json.starts_with('"') ? json_unquoted(value->json) : std::string(value->json);
}

std::string Row::json(std::string_view name) const {
  const Value* value = find(name);
  if (!value) return {};
  // Exports hold JSON within JSON: "{\"model\":…}".
  if (value->json.empty() || value->json.starts_with('"')) {
    const std::string inner(trim(text(name)));
    if (is_compound(inner)) return inner;
  }
  return std::string(value->json);
}

std::optional<double> Row::real(std::string_view name) const {
  return parse_real(trim(text(name)));
}

std::optional<std::int64_t> Row::count(std::string_view name) const {
  const auto value = real(name);
  if (!value || *value < 0 || *value > k_count_max || *value != std::floor(*value)) return {};
  return static_cast<std::int64_t>(*value);
}

std::string Row::whole() const {
  std::string whole;
  for (const Value& value : m_values)
    whole.append(value.name).append(1, '\0').append(value.json).append(value.cell).append(1, '\0');
  return whole;
}

}  // namespace pk::imports
