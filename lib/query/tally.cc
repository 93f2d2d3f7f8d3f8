#include "query/tally.h"

#include <cmath>
#include <limits>

#include "log/outcome.h"

namespace pk::query {

namespace {

// Imported records may say anything: a sum stays at the ends of what it can hold.
void grow(std::int64_t& sum, std::int64_t by) {
  if (!__builtin_add_overflow(sum, by, &sum)) return;
  sum = by < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

Facts facts_of(const log::LogRecord& record) {
  Facts facts;
  facts.ok = record.ok;
  facts.rescued = log::is_rescued(record);
  facts.cache = record.cache;
  facts.http_status = record.http_status;
  facts.prompt_tokens = record.prompt_tokens.value_or(0);
  facts.completion_tokens = record.completion_tokens.value_or(0);
  facts.total_tokens = record.total_tokens.value_or(0);
  facts.cost_usd = record.cost_usd.value_or(0);
  facts.saved_usd = record.saved_usd.value_or(0);
  facts.latency_ms = record.latency_ms;
  facts.retries = log::retries(record);
  if (record.feedback.count > 0) facts.trace = store::FeedbackTotals::hash(record.trace_id);
  return facts;
}

void RealSum::add(double number) {
  const double sum = m_sum + number;
  m_lost += std::abs(m_sum) >= std::abs(number) ? m_sum - sum + number : number - sum + m_sum;
  m_sum = sum;
}

void RealSum::add(const RealSum& other) {
  add(other.m_sum);
  m_lost += other.m_lost;
}

double RealSum::value() const {
  return std::isfinite(m_lost) ? m_sum + m_lost : m_sum;  // of what is infinite nothing more is known
}

void Tally::add(const Facts& facts) {
  ++m_stats.requests;
  grow(m_stats.prompt_tokens, facts.prompt_tokens);
  grow(m_stats.completion_tokens, facts.completion_tokens);
  grow(m_stats.total_tokens, facts.total_tokens);
  m_cost_usd.add(facts.cost_usd);
  m_saved_usd.add(facts.saved_usd);
  m_latencies.add(facts.latency_ms);
  m_hits += facts.cache == log::Cache::hit || facts.cache == log::Cache::semantic_hit;
  m_misses += facts.cache == log::Cache::miss;
  m_stats.retries += static_cast<std::uint64_t>(facts.retries);
  m_stats.rescued += facts.rescued;
  if (facts.trace != 0) m_traces.insert(facts.trace);
  if (facts.ok) return;
  ++m_stats.errors;
  ++m_stats.errors_by_status[facts.http_status.value_or(0)];
}

void Tally::add(const Tally& other) {
  m_stats.requests += other.m_stats.requests;
  m_stats.errors += other.m_stats.errors;
  grow(m_stats.prompt_tokens, other.m_stats.prompt_tokens);
  grow(m_stats.completion_tokens, other.m_stats.completion_tokens);
  grow(m_stats.total_tokens, other.m_stats.total_tokens);
  m_cost_usd.add(other.m_cost_usd);
  m_saved_usd.add(other.m_saved_usd);
  m_latencies.add(other.m_latencies);
  m_hits += other.m_hits;
  m_misses += other.m_misses;
  m_stats.retries += other.m_stats.retries;
  m_stats.rescued += other.m_stats.rescued;
  m_traces.insert(other.m_traces.begin(), other.m_traces.end());
  for (const auto& [status, count] : other.m_stats.errors_by_status)
    m_stats.errors_by_status[status] += count;
}

Stats Tally::finish(const store::FeedbackTotals& totals) {
  Stats stats = m_stats;
  stats.cost_usd = m_cost_usd.value();
  stats.saved_usd = m_saved_usd.value();
  if (m_latencies.size() > 0) {
    stats.latency_p50_ms = m_latencies.percentile(50);
    stats.latency_p95_ms = m_latencies.percentile(95);
    stats.latency_p99_ms = m_latencies.percentile(99);
  }
  if (const std::uint64_t asked = m_hits + m_misses; asked > 0)
    stats.cache_hit_rate = static_cast<double>(m_hits) / static_cast<double>(asked);
  double sum = 0;
  double weights = 0;
  for (const std::uint64_t trace : m_traces)
    if (const auto* total = totals.of(trace)) {
      stats.feedback.count += total->count;
      sum += total->sum;
      weights += total->weights;
    }
  if (weights > 0) stats.feedback.weighted_average = sum / weights;
  return stats;
}

}  // namespace pk::query
