// The cache as an exchange sees it: one Cache a worker, on its thread, over what all workers share. What is
// looked up, in which order, and what a miss is kept for is decided here; the gateway only asks before it
// sends, and tells what came.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/task.h"
#include "cache/embedder.h"
#include "cache/entry.h"
#include "cache/flights.h"
#include "cache/store.h"
#include "config/gateway_config.h"
#include "log/record.h"

namespace pk::cache {

class Semantic;  // semantic.h; null where it is not set up

struct Limits {
  std::uint64_t entry_bytes_max = 4'000'000;  // larger answers are not kept
  std::uint64_t body_bytes_max = 4'000'000;   // of a request; a larger one is not looked up
  bool coalesce = true;                       // identical misses go upstream once
};

// What one exchange asks for. The views in `facts` are read by lookup() alone.
struct Ask {
  config::CacheRule rule;
  bool refresh = false;  // x-portkey-cache-force-refresh: true
  RequestFacts facts;
  Uuid log_id;
  std::int64_t now_ms = 0;  // since 1970
};

// There is no neighbour, for there was no vector to look with.
inline constexpr std::string_view k_embedding_failed = "embedding-failed";

// The nearest entry that the semantic cache knew, for the record; also of a miss.
struct Neighbour {
  Uuid log_id;          // nil: none is known
  double score = 0;     // cosine
  std::string verdict;  // "hit", "below-threshold", k_embedding_failed, or what disagreed: "numbers",
                        // "negation" … (guard.h)
};

// One lookup. Lives with its exchange, on its thread; a miss that others wait for is given up when it is
// destroyed before keep(): they go upstream, each for itself. It may be destroyed while run() waits, if the
// task goes with it.
class Lookup {
 public:
  virtual ~Lookup() = default;

  // Runs once. hit, semantic_hit: `entry()` is there. miss, refreshed: go upstream. disabled: this request is
  // none for the cache: its body is no JSON object, too large, too deep or too wide.
  //
  // In this order: a refresh removes what is alike, joins nobody and overwrites. Then the entry of the same
  // request; then, where the rule is semantic, that of one that means the same; then whoever is asking
  // upstream for the same. An entry is a hit for who asks only if it is no older than *his* max_age, whatever
  // that of the request was that made it; an answer that he waited for is as new as can be.
  virtual Task<log::Cache> run() = 0;
  // The client left, or waited long enough: run() comes to an end at once, with a miss.
  virtual void cancel() = 0;

  virtual const EntryPtr& entry() const = 0;
  virtual const std::optional<Neighbour>& neighbour() const = 0;

  // A whole answer came, in the client's form; once, after a miss or refreshed. Whoever waits for it gets it,
  // and it is kept for max_age from now on; one with another status than 2xx is neither given nor kept, and
  // one that is too large is given only.
  virtual void keep(int status, std::string content_type, bool event_stream, std::string body) = 0;
};

class Cache {
 public:
  // `embedder` and `semantic` may be null: semantic rules are then simple ones.
  Cache(Store& store, Flights& flights, Semantic* semantic, Embedder* embedder, Limits limits, Post post,
        const Clock& clock);

  // Never null. What it is made of must outlive it; the Cache itself need not.
  std::unique_ptr<Lookup> lookup(const Ask& ask);

 private:
  Store& m_store;
  Flights& m_flights;
  Semantic* m_semantic;
  Embedder* m_embedder;
  Limits m_limits;
  Post m_post;
  const Clock& m_clock;
};

}  // namespace pk::cache
