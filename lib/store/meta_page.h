// LMDB's two meta pages, read without mapping the file: whether what they name can be there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pk::store {

// LMDB may leave the last pages of a file unwritten when a transaction gave them back at once. A file that is
// shorter than its meta page says by more than this is cut.
inline constexpr std::uint64_t k_unwritten_pages_max = 1024;

// A table, as LMDB 0.9 tells of it on a 64-bit machine (mdb.c: MDB_db).
struct DbHead {
  std::uint32_t pad;  // of the free list: the page size
  std::uint16_t flags;
  std::uint16_t depth;
  std::uint64_t branch_pages, leaf_pages, overflow_pages, entries, root;
};
static_assert(sizeof(DbHead) == 48);

// Checks the file `file`. `missing_pages`, if not nullptr, gets how many pages it is short of what its meta
// page says. Ok for a file that is not there or empty. corrupt: what is wrong, and what to do.
Result<void> check_meta_pages(const std::filesystem::path& file, std::uint64_t* missing_pages = nullptr);

// "FILE is damaged (what): …what to do".
Error damaged_file(const std::string& file, std::string_view what);

}  // namespace pk::store
