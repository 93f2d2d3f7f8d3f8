// Walks over LMDB's trees that end, whatever the pages hold, or die by a signal: to be run in a child
// (store/probe.h).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "store/txn.h"

namespace pk::store {

// The free list: page numbers in order, inside the file, none twice in an entry.
Result<void> walk_free_list(const Txn& txn);

// One entry of it: a count, then that many page numbers, the greatest first, up to `last`.
Result<void> check_free_pages(std::string_view value, std::uint64_t last);

// The newest `entries_max` entries of a table (0: all of it): keys in order, every byte of the values
// readable, and for the whole table as many as LMDB says.
Result<void> walk_table(const Txn& txn, Table table, std::uint64_t entries_max);

// As probe() says it.
Result<void> walk_saved(const Env& env);
Result<void> walk_tail(const Env& env);
Result<void> walk_whole(const Env& env);

}  // namespace pk::store
