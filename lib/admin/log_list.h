// Logs as JSON, made piece by piece: no thread and no transaction is held while their reader is slow.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "admin/call.h"
#include "admin/selection.h"

namespace pk::admin {

// {"object":"list","data":[…],"next":ID|null}, as lists have them. Called from one thread at a time.
class LogList {
 public:
  // `given_up` is asked for each row: true, and nobody wants the rest.
  LogList(Selection selection, std::function<bool()> given_up)
      : m_selection(std::move(selection)), m_given_up(std::move(given_up)) {}

  Result<Piece> next(const std::shared_ptr<store::Env>& env);

 private:
  Selection m_selection;
  std::function<bool()> m_given_up;
  bool m_begun = false;
  std::size_t m_rows = 0;
};

// Whole logs, all that a filter means, oldest first, a line each. Called from one thread at a time.
class LogLines {
 public:
  LogLines(query::Filter filter, std::function<bool()> given_up) : m_given_up(std::move(given_up)) {
    m_query.filter = std::move(filter);
    m_query.limit = 0;
    m_query.order = store::Order::oldest_first;
    m_query.content = true;
  }

  Result<Piece> next(const std::shared_ptr<store::Env>& env);

 private:
  query::Query m_query;
  std::function<bool()> m_given_up;
};

}  // namespace pk::admin
