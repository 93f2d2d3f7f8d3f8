// Logs as JSON, made piece by piece: no thread and no transaction is held while their reader is slow.
#pragma once

#include <cstddef>
#include <utility>

#include "admin/call.h"
#include "admin/selection.h"

namespace pk::admin {

// {"object":"list","data":[…],"next":ID|null}, as lists have them. Called from one thread at a time.
class LogList {
 public:
  explicit LogList(Selection selection) : m_selection(std::move(selection)) {}

  Result<Piece> next(const store::LogReader& reader);

 private:
  Selection m_selection;
  bool m_begun = false;
  std::size_t m_rows = 0;
};

// Whole logs, all that a filter means, oldest first, a line each. Called from one thread at a time.
class LogLines {
 public:
  explicit LogLines(query::Filter filter) {
    m_query.filter = std::move(filter);
    m_query.limit = 0;
    m_query.order = store::Order::oldest_first;
    m_query.content = true;
  }

  Result<Piece> next(const store::LogReader& reader);

 private:
  query::Query m_query;
};

}  // namespace pk::admin
