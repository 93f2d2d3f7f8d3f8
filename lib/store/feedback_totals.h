// All feedback of the ledger added up by trace, for who looks at many records.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "store/env.h"

namespace pk::store {

// A plain value. Traces go by the high half of their hash, as in the table `traces`.
class FeedbackTotals {
 public:
  struct Total {
    std::int64_t count = 0;
    double sum = 0;  // Σ value·weight
    double weights = 0;
  };

  // In one transaction: 32 bytes of memory for each trace that has feedback. corrupt: one is damaged.
  static Result<FeedbackTotals> read(const Env& env);

  bool is_empty() const { return m_totals.empty(); }
  // Null: the trace has none.
  const Total* of(std::uint64_t trace_hash) const;
  static std::uint64_t hash(std::string_view trace_id);

 private:
  std::unordered_map<std::uint64_t, Total> m_totals;
};

}  // namespace pk::store
