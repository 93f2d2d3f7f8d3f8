// One row of somebody else's export: named values, of JSON or of CSV, asked for in the same way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace pk::imports {

inline constexpr std::size_t k_row_values_max = 1000;

class Row {
 public:
  // Of a JSON object; its names' letter case counts. invalid if it is none. `json` must outlive the row.
  static Result<Row> of_json(std::string_view json);
  // Of the cells of a line; an empty one is absent. invalid if there are more or fewer than names.
  static Result<Row> of_cells(const std::vector<std::string>& names, const std::vector<std::string>& cells);

  bool has(std::string_view name) const { return find(name) != nullptr; }

  // A value as plain text: of a JSON text what it says, else as it stands. "" if it is null or absent.
  std::string text(std::string_view name) const;
  // A value as JSON: of a cell, or a JSON text, what is in it if that is an object or an array. "" if it is
  // null, absent or no JSON.
  std::string json(std::string_view name) const;
  // Finite numbers, also where they are written as text; nothing otherwise.
  std::optional<double> real(std::string_view name) const;
  // Whole and not negative, which counts are.
  std::optional<std::int64_t> count(std::string_view name) const;
  // All names and values, in order: what tells one row from another.
  std::string whole() const;

 private:
  struct Value {
    std::string name;
    std::string_view json;  // of JSON
    std::string_view cell;  // of CSV
  };
  const Value* find(std::string_view name) const;

  std::vector<Value> m_values;
};

}  // namespace pk::imports
