// Archived virtual keys joined to records, inside a transaction: what was sent with one cannot be replayed
// for as long as it is archived. Nothing is read unless a record has a virtual key.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "log/record.h"
#include "store/txn.h"

namespace pk::store {

class ArchivedJoin {
 public:
  // Good as long as `txn` is neither renewed nor changed.
  explicit ArchivedJoin(const Txn& txn) : m_txn(txn) {}

  // Blocks the record's replay, if nothing does already. A virtual key that cannot be read blocks nothing.
  Result<void> block(log::LogRecord& record);

 private:
  Result<void> load();

  const Txn& m_txn;
  std::optional<std::set<std::string, std::less<>>> m_archived;
};

}  // namespace pk::store
