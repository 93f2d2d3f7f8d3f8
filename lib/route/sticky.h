// Sticky load balance (the reference, 3.3): requests that agree in the hash_fields go to the same target for
// a while. The table is shared by all workers.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/guarded.h"
#include "route/bounded_map.h"
#include "route/facts.h"
#include "route/keyed_hash.h"
#include "route/route.h"

namespace pk::route {

inline constexpr std::size_t k_sticky_entries_max = 65'536;

// Any thread. At most `entries_max` hashes are remembered, the one unused longest is forgotten.
// `config_key` tells configs apart, and the versions of one: what was known of another is not of this one. It
// is hashed for each target. `now_ms` is of the steady clock. A config without sticky costs neither lock nor
// hash.
//
// A request that has none of the fields is not sticky: else all such requests would crowd on one target. The
// time to live counts from the first request, use does not lengthen it.
class StickyTargets {
 public:
  explicit StickyTargets(const KeyedHash& hash, std::size_t entries_max = k_sticky_entries_max)
      : m_hash(hash), m_entries(BoundedMap<Entry>(entries_max)) {}

  // What is known for this request: Facts::sticky. The other facts are there already.
  std::vector<StickyFact> find(std::string_view config_key, const Route& route, const Facts& facts,
                               std::int64_t now_ms);
  // To be told of each target that a request is sent to.
  void remember(std::string_view config_key, const Route& route, const Facts& facts, std::size_t leaf,
                std::int64_t now_ms);

 private:
  struct Entry {
    std::size_t target = 0;
    std::int64_t expires_ms = 0;
  };

  std::optional<std::uint64_t> key_of(std::string_view config_key, const config::Node& strategy,
                                      const Facts& facts) const;
  void find_below(std::string_view config_key, const config::Node& node, const Facts& facts,
                  std::int64_t now_ms, std::vector<StickyFact>& found);

  const KeyedHash m_hash;
  Guarded<BoundedMap<Entry>> m_entries;
};

}  // namespace pk::route
