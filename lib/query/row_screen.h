// A look at the bytes of a row before it is decoded: which texts must be among them for a filter to hold. The
// newest records have no columns yet, and most are not what a search for one user, say, is about.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/filter.h"

namespace pk::query {

class RowScreen {
 public:
  explicit RowScreen(const Filter& filter);

  // False: the filter does not hold for the record of that row.
  bool may_match(std::string_view row) const;

 private:
  std::vector<std::string> m_texts;  // as they stand in a row
};

}  // namespace pk::query
