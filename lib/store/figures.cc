#include "store/figures.h"

#include <xxhash.h>

#include <limits>

#include "log/outcome.h"
#include "store/feedback_totals.h"

namespace pk::store {

namespace {

// False: it does not fit.
template <class T>
bool put(std::int64_t from, T& to) {
  to = static_cast<T>(from);
  return from >= 0 && from <= std::int64_t{std::numeric_limits<T>::max()};
}

}  // namespace

std::optional<Figures> figures_of(const log::LogRecord& record) {
  Figures figures;
  figures.cost_usd = record.cost_usd.value_or(0);
  figures.saved_usd = record.saved_usd.value_or(0);
  figures.latency_ms = record.latency_ms;
  figures.trace = FeedbackTotals::hash(record.trace_id);
  const bool fits = put(record.prompt_tokens.value_or(0), figures.prompt_tokens) &&
                    put(record.completion_tokens.value_or(0), figures.completion_tokens) &&
                    put(record.total_tokens.value_or(0), figures.total_tokens) &&
                    put(record.http_status.value_or(0), figures.http_status) && record.http_status != 0 &&
                    put(log::retries(record), figures.retries);
  if (!fits) return {};
  figures.cache = static_cast<std::uint8_t>(record.cache);
  if (record.ok) figures.flags |= Figures::k_ok;
  if (log::is_rescued(record)) figures.flags |= Figures::k_rescued;
  return figures;
}

std::uint32_t check_of(const Figures& figures, std::uint64_t seed, std::size_t i) {
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(&figures, offsetof(Figures, check), seed + i));
}

}  // namespace pk::store
