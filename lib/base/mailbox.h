// A bounded mailbox: many threads post, one takes everything at once. The bound is a cost in bytes, so that a few large
// values and many small ones are held to the same memory. Never blocks a poster: a full mailbox says so.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace pk {

template <class T>
class Mailbox {
 public:
  explicit Mailbox(std::size_t cost_max) : m_cost_max(cost_max) {}

  // True if it was taken in; false, with `value` untouched, if its cost does not fit now or the mailbox is closed. A
  // value that costs more than the whole bound fits an empty mailbox. `on_posted(T&)` runs under the lock, so that
  // numbers given there are in the order of the mailbox.
  template <class OnPosted>
  bool post(T& value, std::size_t cost, OnPosted&& on_posted) {
    bool wake = false;
    {
      std::lock_guard lock(m_mutex);
      if (m_closed || (m_cost > 0 && m_cost + cost > m_cost_max)) return false;
      on_posted(value);
      m_cost += cost;
      m_values.push_back(std::move(value));
      wake = m_waiting;
    }
    // The taker is woken only when it sleeps: a futex call per post is the dearest part of a post.
    if (wake) m_changed.notify_one();
    return true;
  }

  // Waits until there is something, the mailbox is closed, or `wait_max` is over; moves all of it to `out` (appended).
  // False once it is closed and empty.
  bool take_all(std::vector<T>& out, std::chrono::milliseconds wait_max) {
    std::unique_lock lock(m_mutex);
    m_waiting = true;
    m_changed.wait_for(lock, wait_max, [this] { return !m_values.empty() || m_closed; });
    m_waiting = false;
    if (out.empty())
      out.swap(m_values);
    else
      for (T& value : m_values) out.push_back(std::move(value));
    m_values.clear();
    m_cost = 0;
    return !(m_closed && out.empty());
  }

  // No more posts; what is in it can still be taken.
  void close() {
    {
      std::lock_guard lock(m_mutex);
      m_closed = true;
    }
    m_changed.notify_all();
  }

  std::size_t cost() const {
    std::lock_guard lock(m_mutex);
    return m_cost;
  }

 private:
  mutable std::mutex m_mutex;
  std::condition_variable m_changed;
  std::vector<T> m_values;
  std::size_t m_cost = 0;
  const std::size_t m_cost_max;
  bool m_waiting = false;
  bool m_closed = false;
};

}  // namespace pk
