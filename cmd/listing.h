// A list of single things (report.h), in each form of output: what `list` commands print that are not about
// log records.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "format.h"
#include "report.h"

namespace pk::cmd {

struct ListColumn {
  std::string_view name;
  std::string_view title;  // in a table; "" for what is not in one
  bool piped = false;      // in TSV and CSV where no fields are picked; JSON has all
  // In a table whole, or left out where there is no room: half a number is another number.
  bool figure = false;
};

struct ListStyle {
  bool terminal = false;  // control characters are made visible
  bool color = false;
  std::size_t columns = 80;
};

// A row has a Fact for each column, in their order; in a table stands its `text`.
using FactRow = std::vector<Fact>;

class Listing {
 public:
  // Checks the flags before anything is done. invalid where they contradict each other or name no column.
  // `columns` are constants.
  static Result<Listing> prepare(const FormatFlags& flags, std::span<const ListColumn> columns);

  // To stdout, through a pager where that is wanted.
  Result<void> print(const std::vector<FactRow>& rows, bool color) const;
  // The same as text. An Error is what jq says.
  Result<std::string> text_of(const std::vector<FactRow>& rows, const ListStyle& style) const;

 private:
  Listing(Format format, std::string jq, std::span<const ListColumn> columns)
      : m_format(format), m_jq(std::move(jq)), m_columns(columns) {}

  std::string object_of(const FactRow& row) const;
  std::string as_json(const std::vector<FactRow>& rows, bool visible_only) const;
  std::string as_cells(const std::vector<FactRow>& rows, bool terminal) const;
  std::string as_table(const std::vector<FactRow>& rows, const ListStyle& style) const;
  Result<std::string> filtered(const std::vector<FactRow>& rows) const;

  Format m_format;
  std::string m_jq;
  std::span<const ListColumn> m_columns;
  std::vector<std::size_t> m_shown;  // columns, of all forms but a table
};

}  // namespace pk::cmd
