// Adding records up, one by one, whether they come as rows or as columns.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_set>

#include "log/record.h"
#include "query/latencies.h"
#include "query/stats.h"
#include "store/feedback_totals.h"

namespace pk::query {

// What of a record statistics look at.
struct Facts {
  bool ok = false;
  bool rescued = false;
  log::Cache cache = log::Cache::disabled;
  std::optional<std::int64_t> http_status;
  std::int64_t prompt_tokens = 0;  // 0: unknown, which adds as much
  std::int64_t completion_tokens = 0;
  std::int64_t total_tokens = 0;
  double cost_usd = 0;
  double saved_usd = 0;
  double latency_ms = 0;
  std::int64_t retries = 0;
  std::uint64_t trace = 0;  // its hash where it has feedback, else 0
};
Facts facts_of(const log::LogRecord& record);

// A sum that keeps what is lost when numbers are added to a larger one (Neumaier's), so that the order in
// which they come does not show. A plain value.
class RealSum {
 public:
  void add(double number);
  void add(const RealSum& other);
  double value() const;

 private:
  double m_sum = 0;
  double m_lost = 0;
};

// The sums of one group. A plain value.
class Tally {
 public:
  void add(const Facts& facts);
  void add(const Tally& other);
  // Leaves out of the feedback what is no longer in `totals`.
  Stats finish(const store::FeedbackTotals& totals);

 private:
  Stats m_stats;
  RealSum m_cost_usd;
  RealSum m_saved_usd;
  std::uint64_t m_hits = 0;
  std::uint64_t m_misses = 0;
  Latencies m_latencies;
  std::unordered_set<std::uint64_t> m_traces;
};

}  // namespace pk::query
