#include "table.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace pk::cmd {

namespace {

constexpr std::size_t k_gap = 2;

std::size_t width_of(const Cell& cell) {
  return std::accumulate(cell.begin(), cell.end(), std::size_t{0},
                         [](std::size_t sum, const Span& span) { return sum + display_width(span.text); });
}

// `cell` cut to `columns` and painted.
std::string fitted(const Cell& cell, std::size_t columns, bool color) {
  std::string out;
  const bool cut = width_of(cell) > columns;
  for (const Span& span : cell) {
    const std::size_t width = display_width(span.text);
    // Of a cell that is cut, the span that no longer fits whole gets the "…".
    if (cut && width + 1 > columns) return out + paint(span.color, fit(span.text + "…", columns), color);
    out += paint(span.color, span.text, color);
    columns -= width;
  }
  return out;
}

std::size_t total(const std::vector<std::size_t>& widths) {
  std::size_t sum = 0;
  for (std::size_t width : widths)
    if (width > 0) sum += width + k_gap;
  return sum == 0 ? 0 : sum - k_gap;
}

}  // namespace

void Table::row(std::string& out, std::vector<Cell> cells) {
  if (m_settled) return print(out, cells);
  m_held.push_back(std::move(cells));
  if (m_held.size() >= k_rows_held) settle(out);
}

void Table::settle(std::string& out) {
  if (m_settled || m_held.empty()) return;
  fix_widths();
  m_settled = true;
  std::vector<Cell> titles;
  for (const Column& column : m_columns) titles.push_back({{std::string(column.title), Color::bold}});
  print(out, titles);
  for (const auto& cells : m_held) print(out, cells);
  m_held.clear();
}

// As wide as the widest cell. Where that is too much, columns that can be spared go, one after the other,
// then the column with most to spare over its least loses one at a time; where even that does not do, all of
// them shrink.
void Table::fix_widths() {
  constexpr std::size_t k_last_resort = 4;
  std::vector<std::size_t> least;
  for (std::size_t i = 0; i < m_columns.size(); ++i) {
    std::size_t width = display_width(m_columns[i].title);
    for (const auto& cells : m_held) width = std::max(width, width_of(cells[i]));
    m_widths.push_back(width);
    least.push_back(std::min(width, m_columns[i].least));
  }
  leave_out(least);
  shrink(least);
  for (std::size_t& width : least) width = std::min(width, k_last_resort);
  shrink(least);
}

void Table::leave_out(std::vector<std::size_t>& least) {
  std::vector<std::size_t> order(m_columns.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(), [this](std::size_t i) { return m_columns[i].spare; });
  for (const std::size_t i : order) {
    if (m_columns[i].spare == 0 || total(least) <= m_width) return;
    least[i] = m_widths[i] = 0;
  }
}

void Table::shrink(const std::vector<std::size_t>& least) {
  while (total(m_widths) > m_width) {
    std::size_t most = 0;
    for (std::size_t i = 1; i < m_widths.size(); ++i)
      if (m_widths[i] - least[i] > m_widths[most] - least[most]) most = i;
    if (m_widths[most] == least[most]) return;
    --m_widths[most];
  }
}

void Table::print(std::string& out, const std::vector<Cell>& cells) const {
  std::string line;
  std::size_t owed = 0;  // spaces before the next cell: none are left at a line's end
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (m_widths[i] == 0) continue;
    const std::string text = fitted(cells[i], m_widths[i], m_color);
    const std::size_t space = m_widths[i] - std::min(display_width(text), m_widths[i]);
    const std::size_t before = m_columns[i].to_right ? space : 0;
    if (!text.empty()) {
      line.append(owed + before, ' ').append(text);
      owed = 0;
    } else {
      owed += before;
    }
    owed += space - before + k_gap;
  }
  out += line + '\n';
}

}  // namespace pk::cmd
