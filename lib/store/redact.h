// Takes texts out of the ledger for good: records, bodies, conversations, feedback. In bounded transactions,
// beside a running server; what it is stopped in the middle of is gone on with by the next run.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "log/erase.h"
#include "store/env.h"

namespace pk::store {

inline constexpr std::size_t k_redact_records_per_txn = 64;
inline constexpr std::size_t k_redact_bytes_per_txn = 2'000'000;

struct RedactRules {
  // Nothing: all that the user's records say goes: bodies, error texts, the user's name.
  std::optional<log::FindText> find;
  std::string user = {};  // "": of all users
};

struct RedactReport {
  std::uint64_t looked_at = 0;  // records
  std::uint64_t logs = 0;       // records that had something
  log::ErasedCount places;      // in them
  std::uint64_t contents = 0;   // requests and responses that went as a whole
  std::uint64_t feedback = 0;   // that had something
  std::uint64_t damaged = 0;    // records and feedback that cannot be read, and were left
  std::uint64_t open = 0;       // requests on their way, which were not looked at
};

// Told of each record that had something, before it is changed; and, from time to time, how far it is. False
// ends it: what was changed stays so.
struct RedactWatch {
  std::function<void(const Uuid& id)> redacted = {};
  std::function<bool(const RedactReport& so_far)> go_on = {};
};

// A dry run only counts. unauthorized while a prune or another redaction runs. Pages that this frees keep
// their bytes until they are used again, or the file is written anew (compact).
Result<RedactReport> redact(const std::shared_ptr<Env>& env, const RedactRules& rules, bool dry_run,
                            const RedactWatch& watch = {});

}  // namespace pk::store
