// A bounded mailbox: many threads post, one takes everything at once. The bound is a cost in bytes, so that a
// few large values and many small ones are held to the same memory. Never blocks a poster: a full mailbox
// says so.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <type_traits>
#include <utility>
#include <vector>

namespace pk {

template <class T>
class Mailbox {
 public:
  explicit Mailbox(std::size_t cost_max) : m_cost_max(cost_max) {}

  // True if it was taken in; false, with `value` untouched, if its cost does not fit now or the mailbox is
  // closed. A value that costs more than the whole bound fits an empty mailbox. `on_posted(T&)` runs under
  // the lock, so that numbers given there are in the order of the mailbox; where it returns a bool, false
  // lets a taker that waits sleep on.
  template <class OnPosted>
  bool post(T& value, std::size_t cost, OnPosted&& on_posted) {
    bool wake = false;
    {
      std::lock_guard lock(m_mutex);
      if (m_closed || !fits(cost)) return false;
      wake = m_waiting;
      if constexpr (std::is_same_v<decltype(on_posted(value)), bool>)
        wake = on_posted(value) && wake;
      else
        on_posted(value);
      m_cost += std::max(cost, k_cost_min);
      m_values.push_back(std::move(value));
    }
    // The taker is woken only when it sleeps: a futex call per post is the dearest part of a post.
    if (wake) m_changed.notify_one();
    return true;
  }

  // All of them or none, which is told as post() tells it; `cost` is that of all together. One take has them
  // all.
  template <class OnPosted>
  bool post_all(std::vector<T>& values, std::size_t cost, OnPosted&& on_posted) {
    bool wake = false;
    {
      std::lock_guard lock(m_mutex);
      if (m_closed || !fits(cost)) return false;
      wake = m_waiting;
      for (T& value : values) {
        on_posted(value);
        m_values.push_back(std::move(value));
      }
      m_cost += std::max(cost, values.size() * k_cost_min);
    }
    if (wake) m_changed.notify_one();
    return true;
  }

  // Waits until there is something, the mailbox is closed, or `wait_max` is over; moves all of it to `out`
  // (appended). False once it is closed and empty.
  bool take_all(std::vector<T>& out, std::chrono::milliseconds wait_max) {
    std::unique_lock lock(m_mutex);
    m_waiting = true;
    m_changed.wait_for(lock, wait_max, [this] { return !m_values.empty() || m_closed; });
    m_waiting = false;
    const bool over = m_closed && m_values.empty();
    if (out.empty())
      out.swap(m_values);
    else
      for (T& value : m_values) out.push_back(std::move(value));
    m_values.clear();
    m_cost = 0;
    return !over;
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
  // What a value costs at least: even those said to cost nothing are held to a number.
  static constexpr std::size_t k_cost_min = 1;

  bool fits(std::size_t cost) const {
    if (m_values.empty()) return true;
    return m_cost < m_cost_max && std::max(cost, k_cost_min) <= m_cost_max - m_cost;
  }

  mutable std::mutex m_mutex;
  std::condition_variable m_changed;
  std::vector<T> m_values;
  std::size_t m_cost = 0;
  const std::size_t m_cost_max;
  bool m_waiting = false;
  bool m_closed = false;
};

}  // namespace pk
