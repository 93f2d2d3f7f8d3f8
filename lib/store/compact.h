// Writing the ledger's file anew without its free pages, while it is read and written, and putting it in the
// old one's place.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "base/result.h"
#include "store/env.h"

namespace pk::store {

// A page of rows that is copied in one transaction, of the old file and of the new one.
inline constexpr std::size_t k_copy_page_bytes = 4'000'000;
inline constexpr std::size_t k_copy_page_rows = 4000;
// Changes made meanwhile are followed, round by round, until a round has at most this many: they are copied
// while transactions wait.
inline constexpr std::uint64_t k_last_round_max = 500;
inline constexpr unsigned k_rounds_max = 50;

struct CompactOptions {
  // Asked between pages; false gives up, with the old file in its place.
  std::function<bool()> go_on = {};
  // How long it waits for other processes to close the ledger.
  std::chrono::milliseconds patience{10'000};
  // How long it then waits for a moment in which no transaction runs in this process.
  std::chrono::milliseconds gap_wait{2'000};
};

struct CompactReport {
  std::uint64_t bytes_before = 0;  // of the file
  std::uint64_t bytes_after = 0;
  std::chrono::microseconds held{};  // how long transactions waited at the end
};

// `env` is read_write, and goes on over the new file. Other threads of this process read and write all the
// while; at the end they wait for as long as `held` says. Other processes that have the ledger open need to
// close it: unauthorized, naming them, where they do not within `patience`, and where another compaction
// runs; limit, where there is no room for the copy; cancelled. After any error the ledger is what it was.
Result<CompactReport> compact(Env& env, const CompactOptions& options = {});

}  // namespace pk::store
