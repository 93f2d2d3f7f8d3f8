// What the tables of FORMAT.md say of an entry, kept in step in one transaction. Internal to this room.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cache/entry.h"
#include "cache/local_env.h"

namespace pk::cache {

// How many of the newest entries are read before a file is trusted.
inline constexpr std::size_t k_checked_entries = 1000;

// What a value of that many bytes takes of the file, its index rows with it: a share of a page, the room in
// it that stays free reckoned, or whole pages.
std::uint64_t disk_bytes(std::size_t value_bytes);

struct Usage {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  // disk_bytes of all
};
Result<Usage> usage(const LocalTxn& txn);

// The bound that the server keeps; 0: none was set.
Result<void> set_bytes_max(LocalTxn& txn, std::uint64_t bytes_max);
Result<std::uint64_t> bytes_max(const LocalTxn& txn);

// `bytes` is encode(entry). Replaces what was there.
Result<void> put_row(LocalTxn& txn, const Key& key, const Entry& entry, std::string_view bytes);
// False: it was not there.
Result<bool> remove_row(LocalTxn& txn, const Key& key);

// Each removes at most `entries_max`; gives how many. The oldest while there are more than `bytes_max` bytes;
// those that are over.
Result<std::size_t> evict(LocalTxn& txn, std::uint64_t bytes_max, std::size_t entries_max);
Result<std::size_t> remove_expired(LocalTxn& txn, std::int64_t now_ms, std::size_t entries_max);

// All entries; how many. Counters stay.
Result<std::uint64_t> clear_rows(LocalTxn& txn);

// Adds to numbers that outlive the process.
Result<void> add_counters(LocalTxn& txn, const std::map<std::string, std::uint64_t>& more);
Result<std::map<std::string, std::uint64_t>> counters(const LocalTxn& txn);

// Reads the newest `entries_max` entries and their index rows. corrupt: one of them is not as it was written.
Result<void> check_newest(const LocalTxn& txn, std::size_t entries_max);

// The time and key of a row of `order` or `expiry`; corrupt if it is none.
struct Timed {
  std::int64_t ms = 0;
  Key key{};
};
Result<Timed> read_timed(std::string_view row_key);
std::string timed_key(std::int64_t ms, std::string_view key);

}  // namespace pk::cache
