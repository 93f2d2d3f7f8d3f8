// A list of logs as JSON, made piece by piece: {"object":"list","data":[…],"next":ID|null}. No thread and no
// transaction is held while its reader is slow.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "admin/call.h"
#include "admin/selection.h"

namespace pk::admin {

// Called from one thread at a time.
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

}  // namespace pk::admin
