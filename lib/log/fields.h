// The fields of log/fields.def as values: to name, to pick, to walk.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pk::log {

// The value is the field's number on disk. Internal fields are not among them: nobody sees those.
enum class Field : std::uint8_t {
#define PK_FIELD(number, name, kind) name = number,
#include "log/fields.def"
};

// "id", "created_at" … and back (nothing if unknown).
std::string_view field_name(Field field);
std::optional<Field> field_of(std::string_view name);
// All names, in the order of the table.
std::vector<std::string_view> field_names();

// Some fields in an order. A value.
class FieldSet {
 public:
  static FieldSet all();    // what `show` has
  static FieldSet lists();  // what lists have: all but request, response and attempts
  // "id,model,…": in the order given, each once. An unknown or an empty list is an invalid error that names
  // the valid ones.
  static Result<FieldSet> parse(std::string_view list);

  explicit FieldSet(std::vector<Field> fields) : m_fields(std::move(fields)) {}

  bool has(Field field) const;
  const std::vector<Field>& fields() const { return m_fields; }
  auto begin() const { return m_fields.begin(); }
  auto end() const { return m_fields.end(); }

 private:
  std::vector<Field> m_fields;
};

}  // namespace pk::log
