#include "cache/flights.h"

#include <algorithm>

namespace pk::cache {

Flights::Waiter Flights::join(const Key& key, Post post, Landed landed) {
  return m_state.with([&](State& state) -> Waiter {
    const auto [flight, first] = state.flights.try_emplace(key);
    if (first) return 0;
    flight->second.push_back({++state.last, std::move(post), std::move(landed)});
    return state.last;
  });
}

void Flights::leave(const Key& key, Waiter waiter) {
  m_state.with([&](State& state) {
    const auto flight = state.flights.find(key);
    if (flight == state.flights.end()) return;
    std::erase_if(flight->second, [&](const Waiting& other) { return other.number == waiter; });
  });
}

void Flights::land(const Key& key, EntryPtr entry) {
  // Out of the map first: who asks from now on finds the entry, or flies anew.
  auto flight = m_state.with([&](State& state) { return state.flights.extract(key); });
  if (flight.empty()) return;
  for (Waiting& waiting : flight.mapped())
    waiting.post([landed = std::move(waiting.landed), entry] { landed(entry); });
}

}  // namespace pk::cache
