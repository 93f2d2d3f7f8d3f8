// Checks all of the ledger: sums, contents, conversations, counts, indexes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/env.h"

namespace pk::store {

inline constexpr std::size_t k_damage_listed_max = 100;

struct VerifyReport {
  std::uint64_t records = 0;
  std::uint64_t contents = 0;
  std::uint64_t nodes = 0;
  std::uint64_t open = 0;
  std::uint64_t feedback = 0;
  std::uint64_t shares = 0;
  std::uint64_t saved = 0;          // configs and prompts with all their versions, virtual keys, API keys
  std::uint64_t damaged = 0;        // findings in all
  std::vector<std::string> damage;  // the first k_damage_listed_max, one line each: what is wrong where
};

// Reads everything once, in one read transaction: what is written meanwhile is not looked at, and cannot use
// old pages again. Damaged pages may end the process by a signal: run it in run_guarded() (store/probe.h). An
// Error: the walk itself could not go on. Memory: about 64 bytes per conversation node.
Result<VerifyReport> verify(const Env& env);

}  // namespace pk::store
