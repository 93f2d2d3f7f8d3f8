// The filter on a block of columns: what matches() says of rows, said of 2000 records at once.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "query/filter.h"
#include "query/row_screen.h"
#include "store/block.h"
#include "store/feedback_totals.h"
#include "store/reader.h"

namespace pk::query {

// One thread; `filter` outlives it.
class ColumnFilter {
 public:
  // Reads the ledger's feedback where a term asks for it.
  static Result<ColumnFilter> prepare(const Filter& filter, const store::LogReader& reader);

  enum class Says {
    cannot,      // a column is missing or damaged: the rows decide
    candidates,  // whoever is left may match: their rows decide
    decided,     // whoever is left matches
  };
  // Takes out of `mask` who does not match.
  Says apply(const store::Block& block, store::BlockMask& mask);

  // Of a row that no block has. False: it does not match.
  bool may_match(std::string_view row) const { return m_screen.may_match(row); }

 private:
  struct Group {  // one of them is enough
    std::vector<const Term*> terms;
  };
  enum class Verdict { cannot, none, all, some };

  explicit ColumnFilter(const Filter& filter);
  Verdict ask(const Group& group, const store::Block& block, bool& exact);

  RowScreen m_screen;
  std::vector<Group> m_groups;
  std::optional<store::FeedbackTotals> m_feedback;
  store::BlockMask m_any;
  store::BlockMask m_one;
};

}  // namespace pk::query
