// What one worker counted. Written on its thread, read from any.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace pk::gateway {

struct Stats {
  std::atomic<std::uint64_t> requests{0};
  std::array<std::atomic<std::uint64_t>, 6>
      by_class{};                                  // of the status sent: 0 = none (client left), 2 = 2xx …
  std::atomic<std::uint64_t> refused{0};           // 401, 403, bad Host, malformed: counted, no record
  std::atomic<std::uint64_t> unlogged_refused{0};  // 503, or cut at the end: `--on-log-failure refuse`
  std::atomic<std::uint64_t> unlogged_served{0};   // served although the ledger took no record
  std::atomic<std::uint64_t> upstream_errors{0};
  std::atomic<std::uint64_t> prompt_tokens{0}, completion_tokens{0};

  // Of requests that a config wants cached, by what the cache said.
  std::atomic<std::uint64_t> cache_hits{0}, cache_semantic_hits{0}, cache_misses{0}, cache_refreshed{0};

  // Words that the semantic cache had embedded.
  std::atomic<std::uint64_t> embeddings{0}, embedding_failures{0};

  static void add(std::atomic<std::uint64_t>& counter, std::uint64_t n = 1) {
    counter.fetch_add(n, std::memory_order_relaxed);
  }
};

}  // namespace pk::gateway
