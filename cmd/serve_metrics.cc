#include "serve_metrics.h"

#include <fmt/format.h>

#include <atomic>
#include <utility>

namespace pk::cmd {

std::vector<admin::Metric> metrics_of(const ServeFigures& figures) {
  using Kind = admin::Metric::Kind;
  const auto total = [&](auto member) {
    double sum = 0;
    for (const gateway::Stats* stats : figures.workers)
      sum += static_cast<double>((stats->*member).load(std::memory_order_relaxed));
    return sum;
  };
  admin::Metric answers{"pk_responses_total",
                        "Responses by class of their status; none: the client left first.",
                        Kind::counter,
                        {}};
  for (std::size_t i = 0; i < 6; ++i) {
    double sum = 0;
    for (const gateway::Stats* stats : figures.workers)
      sum += static_cast<double>(stats->by_class[i].load(std::memory_order_relaxed));
    answers.samples.emplace_back(i == 0 ? "code=\"none\"" : fmt::format("code=\"{}xx\"", i), sum);
  }
  const store::WriterStats& log = figures.log;
  const cache::StoreStats& cache = figures.cache;
  const auto early = static_cast<double>(figures.released_early);
  const auto lost = static_cast<double>(log.records_lost + figures.lost);
  using S = gateway::Stats;
  return {
      {"pk_requests_total",
       "Requests answered on gateway routes.",
       Kind::counter,
       {{"", total(&S::requests)}}},
      std::move(answers),
      {"pk_requests_refused_total",
       "Requests refused without a record: bad Host, wrong origin, malformed, unknown path.",
       Kind::counter,
       {{"", total(&S::refused)}}},
      {"pk_requests_unlogged_refused_total",
       "Requests refused, or cut at their end, because they could not be logged.",
       Kind::counter,
       {{"", total(&S::unlogged_refused)}}},
      {"pk_upstream_errors_total",
       "Answers of providers with an error status, and failed connections.",
       Kind::counter,
       {{"", total(&S::upstream_errors)}}},
      {"pk_prompt_tokens_total",
       "Prompt tokens as providers counted them.",
       Kind::counter,
       {{"", total(&S::prompt_tokens)}}},
      {"pk_completion_tokens_total",
       "Completion tokens as providers counted them.",
       Kind::counter,
       {{"", total(&S::completion_tokens)}}},
      {"pk_cache_lookups_total",
       "Requests that a config wants cached, by what the cache said.",
       Kind::counter,
       {{"result=\"hit\"", total(&S::cache_hits)},
        {"result=\"semantic_hit\"", total(&S::cache_semantic_hits)},
        {"result=\"miss\"", total(&S::cache_misses)},
        {"result=\"refreshed\"", total(&S::cache_refreshed)}}},
      {"pk_cache_embeddings_total",
       "Calls to embed words for the semantic cache.",
       Kind::counter,
       {{"", total(&S::embeddings)}}},
      {"pk_cache_embedding_failures_total",
       "Those of them that gave no vector: a miss.",
       Kind::counter,
       {{"", total(&S::embedding_failures)}}},
      {"pk_cache_entries", "Answers that are kept.", Kind::gauge, {{"", static_cast<double>(cache.entries)}}},
      {"pk_cache_bytes",
       "What they take in the data folder.",
       Kind::gauge,
       {{"", static_cast<double>(cache.bytes)}}},
      {"pk_cache_evicted_total",
       "Answers that went to make room.",
       Kind::counter,
       {{"", static_cast<double>(cache.evicted)}}},
      {"pk_cache_dropped_total",
       "Answers that were not kept: the store was busy, sick or too small.",
       Kind::counter,
       {{"", static_cast<double>(cache.dropped_puts)}}},
      {"pk_cache_failures_total",
       "Failures of the cache's store.",
       Kind::counter,
       {{"", static_cast<double>(cache.failures)}}},
      {"pk_log_records_written_total",
       "Records on disk.",
       Kind::counter,
       {{"", static_cast<double>(log.records_written)}}},
      {"pk_log_records_lost_total", "Records that never reached the disk.", Kind::counter, {{"", lost}}},
      {"pk_log_bodies_dropped_total",
       "Records that were kept without their bodies because the queue was full.",
       Kind::counter,
       {{"", static_cast<double>(log.bodies_dropped)}}},
      {"pk_log_released_early_total",
       "Responses released before their record was on disk.",
       Kind::counter,
       {{"", early + static_cast<double>(log.released_early)}}},
      {"pk_log_batches_total",
       "Transactions of the ledger.",
       Kind::counter,
       {{"", static_cast<double>(log.batches)}}},
      {"pk_log_queue_bytes",
       "Records on their way to disk.",
       Kind::gauge,
       {{"", static_cast<double>(log.queue_bytes)}}},
      {"pk_log_healthy",
       "1 while the ledger can be written.",
       Kind::gauge,
       {{"", figures.healthy ? 1.0 : 0.0}}},
  };
}

}  // namespace pk::cmd
