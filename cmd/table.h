// A table that fits the terminal. Rows are held until their widths are known; from then on they are printed
// as they come.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "terminal.h"

namespace pk::cmd {

// A stretch of a cell in one colour. `text` has no control characters (base/text.h visible()).
struct Span {
  std::string text;
  Color color = Color::plain;
};
using Cell = std::vector<Span>;

struct Column {
  std::string_view title;
  bool to_right = false;
  std::size_t least = 4;  // it is not made narrower than this while others can be
  std::size_t spare = 0;  // 0: it stays; others are left out where even `least` of all does not fit, the
                          // highest first
};

class Table {
 public:
  static constexpr std::size_t k_rows_held = 256;

  Table(std::vector<Column> columns, std::size_t width, bool color)
      : m_columns(std::move(columns)), m_width(width), m_color(color) {}

  // Takes a row; prints to `out` what can be printed by now.
  void row(std::string& out, std::vector<Cell> cells);
  // Fixes the widths and prints what is held, with the titles. Nothing if there was no row.
  void settle(std::string& out);

 private:
  void fix_widths();
  void leave_out(std::vector<std::size_t>& least);
  void shrink(const std::vector<std::size_t>& least);
  void print(std::string& out, const std::vector<Cell>& cells) const;

  std::vector<Column> m_columns;
  std::size_t m_width;
  bool m_color;
  bool m_settled = false;
  std::vector<std::size_t> m_widths;  // 0: left out
  std::vector<std::vector<Cell>> m_held;
};

}  // namespace pk::cmd
