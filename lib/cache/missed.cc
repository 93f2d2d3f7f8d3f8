#include "cache/missed.h"

#include <utility>

namespace pk::cache {

Result<Missed> why_missed(const LocalAdmin& cache, const Uuid& log_id, std::int64_t looked_up_ms) {
  Missed missed;
  PK_ASSIGN(const auto own, cache.of_log(log_id, Parts::without_body));
  if (!own) return missed;
  missed.kept = true;
  PK_TRY(cache.newest(looked_up_ms, k_missed_entries_max, [&](const LocalAdmin::Found& other) {
    if (other.key == own->key) return true;
    ++missed.looked_at;
    std::vector<std::string> names = differing(own->entry.fingerprint, other.entry.fingerprint);
    if (!missed.differing.empty() && names.size() >= missed.differing.size()) return true;
    missed.nearest = other.entry.log_id;
    missed.differing = std::move(names);
    return missed.differing.size() > 1;  // none can be nearer
  }));
  return missed;
}

}  // namespace pk::cache
