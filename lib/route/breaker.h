// The circuit breaker (the reference, 3.5): a target that keeps failing is left alone for a while. The policy
// is pure; the table is shared by all workers.
//
// Counting: failures reach failure_threshold, or their share of at least minimum_requests reaches the
// percentage, within one window as long as the cooldown (a failure a week ago says nothing about now). After
// the cooldown the breaker closes by itself and counts from 0.
//
// Portkey's page on it says both that failure_threshold is the "number of failures to open" and that the
// count "exceeds" it; and its default of "> 500" for failure codes would leave out the plainest failure of
// all. Here a threshold is reached, not exceeded (one of 1 opens at the first failure), and 500 counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/guarded.h"
#include "config/gateway_config.h"
#include "route/bounded_map.h"
#include "route/facts.h"
#include "route/keyed_hash.h"
#include "route/route.h"

namespace pk::route {

inline constexpr std::size_t k_breakers_max = 4096;

// Of one target.
struct BreakerState {
  std::optional<std::int64_t> opened_ms;
  std::int64_t window_start_ms = 0;
  std::int64_t requests = 0;
  std::int64_t failures = 0;
  bool operator==(const BreakerState&) const = default;
};

// Whether an outcome speaks against the target: no answer, no answer in time, and the listed codes (408 for a
// timeout), by default 500 and above. Gateway exceptions say nothing about it: nothing.
std::optional<bool> is_failure(const config::Breaker& rule, const Outcome& outcome);
bool is_open(const config::Breaker& rule, const BreakerState& state, std::int64_t now_ms);
// The state after an outcome; one that arrives while it is open changes nothing.
BreakerState counted(const config::Breaker& rule, BreakerState state, bool failure, std::int64_t now_ms);

// Any thread. At most `entries_max` targets are remembered, the one unused longest is forgotten.
// `config_key` tells configs apart, and the versions of one: what was known of another is not of this one. It
// is hashed for each target. `now_ms` is of the steady clock. A config without cb_config costs neither lock
// nor hash.
class Breakers {
 public:
  explicit Breakers(const KeyedHash& hash, std::size_t entries_max = k_breakers_max)
      : m_hash(hash), m_states(BoundedMap<BreakerState>(entries_max)) {}

  // The targets to leave out: Facts::open.
  Leaves open(std::string_view config_key, const Route& route, std::int64_t now_ms);
  // To be told of every outcome.
  void count(std::string_view config_key, const Route& route, const Outcome& outcome, std::int64_t now_ms);

 private:
  std::uint64_t key_of(std::string_view config_key, const config::Node& leaf) const;
  void find_open(std::string_view config_key, const config::Node& node, std::int64_t now_ms, Leaves& open);

  const KeyedHash m_hash;
  Guarded<BoundedMap<BreakerState>> m_states;
};

}  // namespace pk::route
