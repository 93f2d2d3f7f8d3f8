// Why a request found nothing: what of it differs from the nearest entry that was there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "cache/local_admin.h"

namespace pk::cache {

// How many of the entries that were there are looked at, from the newest on.
inline constexpr std::size_t k_missed_entries_max = 2000;

struct Missed {
  bool kept = false;          // the record's own entry is there to compare with
  std::size_t looked_at = 0;  // other entries
  Uuid nearest;               // the record of the one with the fewest differences, the newest of these
  std::vector<std::string> differing;  // its fields, as Fingerprint names them; empty: there was no other one
};

// Of the record `log_id`, which was looked up at `looked_up_ms`. Entries that were replaced or removed since
// are not seen.
Result<Missed> why_missed(const LocalAdmin& cache, const Uuid& log_id, std::int64_t looked_up_ms);

}  // namespace pk::cache
