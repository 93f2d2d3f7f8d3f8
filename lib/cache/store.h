// Where entries are kept. One object serves all workers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "cache/entry.h"

namespace pk::cache {

// Runs a function on the loop of the worker that asked.
using Post = std::function<void(std::function<void()>)>;

struct StoreStats {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  // of keys and values
  std::uint64_t bytes_max = 0;
  std::uint64_t evicted = 0;       // the oldest, for space; since the start
  std::uint64_t dropped_puts = 0;  // not stored: too busy, too large, sick; since the start
  std::uint64_t failures = 0;      // of the store itself; since the start
  bool healthy = true;
  std::string last_error;
};

class Store {
 public:
  virtual ~Store() = default;

  // Null: there is none, it is over, or the store could not say in time; never an error, for a request goes
  // on without. `done` is called once: at once, or later by `post`.
  virtual void get(const Key& key, std::int64_t now_ms, const Post& post,
                   std::function<void(EntryPtr)> done) = 0;

  // Takes it and returns; from now on get() in this process finds it. Any thread.
  virtual void put(const Key& key, EntryPtr entry) = 0;

  // Forgets it, for a semantic refresh. Any thread.
  virtual void remove(const Key& key) = 0;

  virtual StoreStats stats() const = 0;
};

}  // namespace pk::cache
