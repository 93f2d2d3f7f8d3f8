// Requests that are under way: whoever asks for the same waits for the first one's answer. Shared by all
// workers of a process; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "base/guarded.h"
#include "cache/entry.h"
#include "cache/store.h"

namespace pk::cache {

class Flights {
 public:
  // Called by its Post when the flight has landed; null: it was given up, or had nothing that may be kept.
  using Landed = std::function<void(EntryPtr)>;
  using Waiter = std::uint64_t;

  // 0: the caller flies itself, and must land(). Else it waits, under this number.
  Waiter join(const Key& key, Post post, Landed landed);
  // The waiter is not called any more (it may be under way to its loop: `landed` must bear that).
  void leave(const Key& key, Waiter waiter);
  void land(const Key& key, EntryPtr entry);

 private:
  struct Waiting {
    Waiter number;
    Post post;
    Landed landed;
  };
  struct State {
    std::map<Key, std::vector<Waiting>> flights;
    Waiter last = 0;
  };
  Guarded<State> m_state;
};

}  // namespace pk::cache
