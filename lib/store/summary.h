// Feedback joined to records, inside a transaction. Costs nothing where there is none.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "store/feedback.h"
#include "store/txn.h"

namespace pk::store {

class FeedbackJoin {
 public:
  // Good as long as `txn` is neither renewed nor changed.
  static Result<FeedbackJoin> begin(const Txn& txn);

  bool is_empty() const { return !m_cursor; }
  Result<log::FeedbackSummary> of(std::string_view trace_id);

 private:
  explicit FeedbackJoin(std::optional<Cursor> cursor) : m_cursor(std::move(cursor)) {}
  std::optional<Cursor> m_cursor;
};

// Checks the sum and reads a value of the table `feedback`.
Result<Feedback> read_feedback(const Uuid& id, std::string_view value);

}  // namespace pk::store
