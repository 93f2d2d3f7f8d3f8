// A map with a fixed number of places: a new entry takes that of the one unused longest. One thread at a
// time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <utility>

#include "base/assert.h"

namespace pk::route {

// Keys are hashes that are spread already (keyed_hash.h).
template <class Value>
class BoundedMap {
 public:
  explicit BoundedMap(std::size_t entries_max) : m_entries_max(entries_max) { PK_ASSERT(entries_max > 0); }

  std::size_t size() const { return m_places.size(); }

  // Null if there is none. Counts as use. Valid until the next at().
  Value* find(std::uint64_t key) {
    const auto place = m_places.find(key);
    if (place == m_places.end()) return nullptr;
    m_entries.splice(m_entries.begin(), m_entries, place->second);
    return &place->second->second;
  }

  // The entry, made where there is none. Counts as use. Valid until the next at().
  Value& at(std::uint64_t key) {
    if (Value* found = find(key)) return *found;
    if (m_places.size() == m_entries_max) {
      m_places.erase(m_entries.back().first);
      m_entries.pop_back();
    }
    m_entries.emplace_front(key, Value());
    m_places.emplace(key, m_entries.begin());
    return m_entries.front().second;
  }

 private:
  using Entries = std::list<std::pair<std::uint64_t, Value>>;  // the one used last in front

  std::size_t m_entries_max;
  Entries m_entries;
  std::unordered_map<std::uint64_t, typename Entries::iterator> m_places;
};

}  // namespace pk::route
