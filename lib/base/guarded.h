// A value that can only be reached with its lock held.
#pragma once

#include <mutex>
#include <utility>

namespace pk {

template <class T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : m_value(std::move(value)) {}

  // Runs `f(T&)` under the lock and returns what it returns. `f` must not call back into the same Guarded.
  template <class F>
  decltype(auto) with(F&& f) {
    std::lock_guard lock(m_mutex);
    return std::forward<F>(f)(m_value);
  }
  template <class F>
  decltype(auto) with(F&& f) const {
    std::lock_guard lock(m_mutex);
    return std::forward<F>(f)(m_value);
  }

 private:
  mutable std::mutex m_mutex;
  T m_value;
};

}  // namespace pk
