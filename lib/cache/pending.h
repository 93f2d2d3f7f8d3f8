// Changes that are on their way to the disk. Whoever reads finds them here first, so that what was put is
// there from that moment on. Any thread; one of them takes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "cache/entry.h"

namespace pk::cache {

class Pending {
 public:
  struct Change {
    Key key{};
    EntryPtr entry;  // null: it is to be removed
    std::uint64_t number = 0;
  };

  explicit Pending(std::size_t bytes_max) : m_bytes_max(bytes_max) {}

  // False: no room for an entry of `bytes` now, or closed. What was there of the key before then stays.
  bool put(const Key& key, EntryPtr entry, std::size_t bytes);
  // Always room: it takes none to speak of.
  void remove(const Key& key);

  // The newest change of this key that is not on disk yet.
  std::optional<EntryPtr> find(const Key& key) const;

  // Waits until there is something, it is closed, or `wait_max` is over. At most `changes_max` of the oldest,
  // and no more once these have `bytes_max`; they can be found until they are done().
  std::vector<Change> take(std::size_t changes_max, std::size_t bytes_max,
                           std::chrono::milliseconds wait_max);
  void done(const std::vector<Change>& changes);

  // Waits until all that was put or removed before is done().
  void wait_done();

  // Nothing more is put. What is left can still be taken.
  void close();
  bool is_over() const;  // closed, and nothing is left

 private:
  struct Waiting {
    EntryPtr entry;
    std::size_t bytes = 0;
    std::uint64_t number = 0;
    bool queued = false;  // its key is in m_queue
  };
  void set(const Key& key, EntryPtr entry, std::size_t bytes);

  const std::size_t m_bytes_max;
  mutable std::mutex m_mutex;
  std::condition_variable m_changed;
  std::condition_variable m_done;
  std::map<Key, Waiting> m_waiting;
  std::deque<Key> m_queue;
  std::size_t m_bytes = 0;
  std::uint64_t m_last = 0;
  bool m_closed = false;
};

}  // namespace pk::cache
