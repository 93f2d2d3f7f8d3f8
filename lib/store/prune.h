// Letting go of records: by plan, age, number or size. What goes is a pure decision per record; the doing is
// in bounded transactions from the oldest on, beside a running server, and may be cut off and run again at
// any point.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "store/env.h"
#include "store/plan.h"

namespace pk::store {

// A prune holds the write lock for at most this many records or this long, then lets writers in.
inline constexpr std::size_t k_prune_records_per_txn = 1000;
inline constexpr std::chrono::milliseconds k_prune_txn_max{5};

struct PruneRules {
  std::int64_t now_ms = 0;  // wall clock
  std::optional<Tier> tier;
  std::optional<std::int64_t> older_than_ms;  // records of at least this age go whole
  std::uint64_t keep_last = 0;                // the newest this many stay as they are
  bool keep_feedback = false;                 // records whose trace has feedback stay as they are
  bool keep_shared = false;                   // so do those that a live share leads to
  std::optional<std::uint64_t>
      max_bytes;  // the oldest go whole until the ledger's used bytes are at most this
};

// What a rule looks at. Ages go by the id's time, which is the time of `created_at`.
struct RecordFacts {
  std::int64_t time_ms = 0;
  bool has_content = false;
  bool has_feedback = false;
  bool is_shared = false;
  bool among_last = false;      // of `keep_last`
  bool over_max_bytes = false;  // older records that went do not suffice for `max_bytes`
};

enum class Fate { keep, strip, remove };
struct Verdict {
  Fate fate = Fate::keep;
  // "", or why: "content-expired" "statistics-expired" "older-than" "max-size"; of one that stays although a
  // rule would have it go: "keep-last" "keep-feedback" "keep-shared" "future".
  std::string_view reason;
  bool operator==(const Verdict&) const = default;
};
Verdict verdict(const PruneRules& rules, const RecordFacts& facts);

struct PruneReport {
  std::uint64_t removed = 0;
  std::uint64_t stripped = 0;     // statistics kept, content gone
  std::uint64_t kept = 0;         // remain, stripped ones too
  std::uint64_t bytes_freed = 0;  // of keys and values; the file keeps its length until compact()
  std::map<std::string, std::uint64_t, std::less<>> reasons;
  bool finished = true;  // false: `go_on` said no
  bool operator==(const PruneReport&) const = default;
};

// Links that are over go too, uncounted. Does it, or with `dry_run` counts what it would do: the same
// numbers. One at a time per ledger (unauthorized if another runs). `go_on` is asked between transactions.
Result<PruneReport> prune(Env& env, const PruneRules& rules, bool dry_run = false,
                          const std::function<bool()>& go_on = {});

// Removes these records, wherever they are; ids that are not there are passed over. Returns how many went.
Result<std::uint64_t> remove(Env& env, std::span<const Uuid> ids);

}  // namespace pk::store
