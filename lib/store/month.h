// The month counters of the plan, inside a transaction.
#pragma once

#include <cstdint>
#include <map>

#include "base/result.h"
#include "store/plan.h"
#include "store/txn.h"

namespace pk::store {

// year × 100 + month, of UTC.
using Month = std::uint32_t;
Month month_of(std::int64_t wall_ms);

// Zeros if nothing was counted. corrupt if the entry's sum is wrong.
Result<MonthCount> read_month(const Txn& txn, Month month);

// Counts in memory and writes each month once, at the end of a transaction.
class MonthTally {
 public:
  explicit MonthTally(WriteTxn& txn) : m_txn(&txn) {}

  // The count of a month, to be changed. A damaged entry counts anew from 0: `verify` names it before that.
  Result<MonthCount*> of(Month month);
  Result<void> write();

 private:
  WriteTxn* m_txn;
  std::map<Month, MonthCount> m_months;
};

// The plan kept in the ledger.
Result<Tier> plan_in(const Txn& txn);

}  // namespace pk::store
