#include "log/fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"

namespace pk::log {

namespace {

struct Row {
  Field field;
  std::string_view name;
  bool full;  // lists leave it out
};

constexpr Row k_rows[] = {
#define PK_FIELD(number, name, kind) {Field::name, #name, false},
#define PK_FIELD_FULL(number, name, kind) {Field::name, #name, true},
#include "log/fields.def"
};

template <class Keep>
FieldSet rows_where(Keep keep) {
  std::vector<Field> fields;
  for (const Row& row : k_rows)
    if (keep(row)) fields.push_back(row.field);
  return FieldSet(std::move(fields));
}

Error no_field(std::string_view name) {
  const std::string what =
      name.empty() ? "no field is named" : fmt::format("'{}' is no field", visible(name, false));
  return Error{Errc::invalid, fmt::format("{}; there are {}", what, fmt::join(field_names(), " "))};
}

}  // namespace

std::string_view field_name(Field field) {
  switch (field) {
#define PK_FIELD(number, name, kind) \
  case Field::name:                  \
    return #name;
#include "log/fields.def"
  }
  return {};
}

std::optional<Field> field_of(std::string_view name) {
  for (const Row& row : k_rows)
    if (row.name == name) return row.field;
  return {};
}

std::vector<std::string_view> field_names() {
  std::vector<std::string_view> names;
  for (const Row& row : k_rows) names.push_back(row.name);
  return names;
}

FieldSet FieldSet::all() {
  return rows_where([](const Row&) { return true; });
}

FieldSet FieldSet::lists() {
  return rows_where([](const Row& row) { return !row.full; });
}

Result<FieldSet> FieldSet::parse(std::string_view list) {
  FieldSet set({});
  for (const std::string_view name : split_list(list)) {
    const auto field = field_of(name);
    if (!field) return no_field(name);
    if (!set.has(*field)) set.m_fields.push_back(*field);
  }
  if (set.m_fields.empty()) return no_field({});
  return set;
}

bool FieldSet::has(Field field) const {
  return std::find(m_fields.begin(), m_fields.end(), field) != m_fields.end();
}

}  // namespace pk::log
