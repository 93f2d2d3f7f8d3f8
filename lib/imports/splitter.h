// Cuts a stream of bytes into rows: JSON objects a line each, the elements of a JSON array, or CSV with a
// header; which of them it is shows in its first byte. Memory is bounded by the largest row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "imports/row.h"

namespace pk::imports {

inline constexpr std::size_t k_row_bytes_max = 64 * 1024 * 1024;

class Splitter {
 public:
  // `line` is where it begins. A row, good until the call ends, or why it is none.
  using Take = std::function<void(std::uint64_t line, const Result<Row>& row)>;
  explicit Splitter(Take take) : m_take(std::move(take)) {}

  // Pieces of any size.
  void feed(std::string_view bytes);
  // The stream is over: a last row that was not ended is given, or said to be cut.
  void finish();

  // The header of CSV, once it was read.
  const std::vector<std::string>& header() const { return m_names; }

 private:
  enum class Form : std::uint8_t { unknown, lines, array, csv };

  void put(char c);
  void put_in_line(char c);
  void put_in_array(char c);
  void put_in_csv(char c);
  void keep(std::string_view bytes);
  void begin_row();
  void give_json();
  void end_cell();
  void end_cells();
  void give(const Result<Row>& row);
  void learn_form(char c);

  Take m_take;
  Form m_form = Form::unknown;
  std::uint64_t m_line = 1;
  std::uint64_t m_row_line = 1;
  std::string m_row;  // of JSON
  bool m_too_long = false;
  // Of an array: how deep, and what a quote would mean.
  std::size_t m_depth = 0;
  bool m_in_string = false;
  bool m_escaped = false;
  bool m_over = false;
  // Of CSV.
  std::vector<std::string> m_names;
  std::vector<std::string> m_cells;
  std::string m_cell;
  std::size_t m_cells_bytes = 0;
  bool m_quoted = false;       // within quotes
  bool m_after_quote = false;  // behind a quote that ends them, or is the first of two
};

}  // namespace pk::imports
