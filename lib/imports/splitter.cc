#include "imports/splitter.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"

namespace pk::imports {

namespace {

constexpr std::string_view k_byte_order_mark = "\xef\xbb\xbf";

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

Error too_long() {
  return {Errc::invalid, "it is longer than 64 MB"};
}

}  // namespace

void Splitter::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    // Most of a file of lines is taken line by line.
    const std::size_t plain = m_form == Form::lines ? std::min(bytes.find('\n'), bytes.size()) : 0;
    keep(bytes.substr(0, plain));
    bytes.remove_prefix(plain);
    if (bytes.empty()) return;
    put(bytes.front());
    bytes.remove_prefix(1);
  }
}

void Splitter::put(char c) {
  if (m_form == Form::unknown) learn_form(c);
  switch (m_form) {
    case Form::unknown:
      break;
    case Form::lines:
      put_in_line(c);
      break;
    case Form::array:
      put_in_array(c);
      break;
    case Form::csv:
      put_in_csv(c);
      break;
  }
  if (c == '\n') ++m_line;
}

// A byte order mark and space before the first row are passed over.
void Splitter::learn_form(char c) {
  if (m_row.size() < k_byte_order_mark.size() && m_line == 1 && c == k_byte_order_mark[m_row.size()]) {
    m_row += c;
    return;
  }
  if (is_space(c)) return;
  m_row.clear();
  m_row_line = m_line;
  m_form = c == '{' ? Form::lines : c == '[' ? Form::array : Form::csv;
}

void Splitter::keep(std::string_view bytes) {
  if (m_row.size() + bytes.size() <= k_row_bytes_max)
    m_row += bytes;
  else
    m_too_long = true;
}

void Splitter::begin_row() {
  m_row.clear();
  m_too_long = false;
  m_row_line = m_line;
}

void Splitter::give(const Result<Row>& row) {
  m_take(m_row_line, row);
}

void Splitter::give_json() {
  const std::string_view row = trim(m_row);
  if (m_too_long)
    give(too_long());
  else if (!row.empty())
    give(Row::of_json(row));
}

void Splitter::put_in_line(char c) {
  if (c != '\n') return keep({&c, 1});
  give_json();
  begin_row();
  ++m_row_line;  // the line feed itself is counted behind this
}

void Splitter::put_in_array(char c) {
  if (m_over) return;
  const bool in_element = m_depth > 1;
  if (in_element) keep({&c, 1});
  if (m_in_string) {
    if (m_escaped)
      m_escaped = false;
    else if (c == '\\')
      m_escaped = true;
    else if (c == '"')
      m_in_string = false;
    return;
  }
  if (c == '"' && in_element) {
    m_in_string = true;
  } else if (c == '{' || c == '[') {
    if (++m_depth != 2) return;
    begin_row();
    keep({&c, 1});
  } else if (c == '}' || c == ']') {
    if (--m_depth == 1) give_json();
    m_over = m_depth == 0;
  } else if (!in_element && c != ',' && !is_space(c)) {
    // Nothing behind a byte that no array has here can be trusted to be a row.
    m_row_line = m_line;
    give(Error{Errc::invalid, "the array cannot be read from here on"});
    m_over = true;
  }
}

void Splitter::put_in_csv(char c) {
  if (m_quoted && !m_after_quote) {
    if (c == '"')
      m_after_quote = true;
    else
      m_cell += c;
  } else if (m_quoted && c == '"') {
    m_cell += c;
    m_after_quote = false;
  } else if (c == ',') {
    end_cell();
  } else if (c == '\n') {
    end_cell();
    end_cells();
    m_row_line = m_line + 1;
  } else if (c == '"' && m_cell.empty() && !m_quoted) {
    m_quoted = true;
  } else if (c != '\r') {
    m_cell += c;
  }
  // What goes on and on is cut: as a cell that says so, and no other row is longer for it.
  if (m_cells_bytes + m_cell.size() > k_row_bytes_max) {
    m_too_long = true;
    m_cell.clear();
  }
}

void Splitter::end_cell() {
  m_cells_bytes += m_cell.size();
  m_cells.push_back(std::exchange(m_cell, {}));
  m_quoted = m_after_quote = false;
  if (m_cells.size() > k_row_values_max) {
    m_too_long = true;
    m_cells.clear();
  }
}

void Splitter::end_cells() {
  const bool empty = m_cells.size() == 1 && m_cells[0].empty();
  if (m_too_long)
    give(too_long());
  else if (m_names.empty())
    for (const std::string& name : m_cells) m_names.emplace_back(trim(name));
  else if (!empty)
    give(Row::of_cells(m_names, m_cells));
  m_cells.clear();
  m_cells_bytes = 0;
  m_too_long = false;
}

void Splitter::finish() {
  const Error cut{Errc::invalid, "it is cut"};
  if (m_form == Form::lines) give_json();
  if (m_form == Form::array && !m_over) {
    if (m_depth <= 1) m_row_line = m_line;
    give(cut);
  }
  if (m_form != Form::csv) return;
  if (m_quoted && !m_after_quote) return give(cut);
  if (m_cell.empty() && m_cells.empty()) return;
  end_cell();
  end_cells();
}

}  // namespace pk::imports
