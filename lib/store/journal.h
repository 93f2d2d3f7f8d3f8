// Which keys change while the ledger is compacted, so that what was copied by then can be brought up to date.
// Kept in the ledger itself, by each transaction that changes something, whichever process it runs in.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "store/txn.h"

namespace pk::store {

// In `meta`: the round that changes are noted under; there while the ledger is compacted.
inline constexpr std::string_view k_round_name = "compacting";

// The round that `txn` has to note its changes under; nothing: the ledger is not compacted. What a compaction
// left that ended with its process is removed here.
Result<std::optional<std::uint32_t>> begin_noting(WriteTxn& txn);

// Changes of later transactions are noted under `round`. The caller holds the lock of compactions.
Result<void> begin_round(Env& env, std::uint32_t round);
Result<void> end_journal(Env& env);

struct Change {
  Table table{};
  std::string_view key;
};
std::string journal_key(std::uint32_t round, Table table, std::string_view key);
// Nothing for a key that is not of `round`.
std::optional<Change> change_of(std::uint32_t round, std::string_view journal_key);

}  // namespace pk::store
