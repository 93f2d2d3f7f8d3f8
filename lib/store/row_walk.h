// Going through the rows of a range in its order, a page at a time, so that no read transaction is open while
// they are visited.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "log/record.h"
#include "store/archived.h"
#include "store/reader.h"
#include "store/summary.h"
#include "store/txn.h"

namespace pk::store {

inline constexpr std::size_t k_page_rows = 256;  // decoded under one transaction, then visited without one

class Walk {
 public:
  explicit Walk(const Range& range) : m_range(range) {}

  // To the first entry of the next page; false if there is none.
  Result<bool> start(Cursor& cursor);
  Result<bool> next(Cursor& cursor);
  // The next page begins behind `id`.
  void go_on_after(const Uuid& id);

 private:
  Result<bool> check(const Cursor& cursor, Result<bool> found) const;

  Range m_range;
  std::optional<Uuid> m_after;
};

// What other tables say of rows.
struct RowJoins {
  FeedbackJoin feedback;
  ArchivedJoin archived;
  // Good as long as `txn` is neither renewed nor changed.
  static Result<RowJoins> begin(const Txn& txn);
};

// The row `row` of `id`, with what is joined to it.
Result<void> read_row(const Uuid& id, std::string_view row, RowJoins& joins, log::LogRecord& record);

}  // namespace pk::store
