// A look at the bytes of a row before it is decoded: which texts must be among them for a filter to hold. The
// newest records have no columns yet, and most are not what a search for one user, say, is about.
#pragma once

#include <string_view>
#include <vector>

#include "query/filter.h"

namespace pk::query {

class RowScreen {
 public:
  // Views into `filter`, which outlives it.
  explicit RowScreen(const Filter& filter);

  // False: the filter does not hold for the record of that row (FORMAT.md has its texts as they are).
  bool may_match(std::string_view row) const;

 private:
  std::vector<std::string_view> m_texts;
};

}  // namespace pk::query
