// Counts down from any thread; one waits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace pk::cmd {

class Latch {
 public:
  explicit Latch(std::size_t count) : m_count(count) {}
  void done() {
    std::lock_guard lock(m_mutex);
    if (m_count > 0 && --m_count == 0) m_changed.notify_all();
  }
  bool wait_for(std::chrono::milliseconds time) {
    std::unique_lock lock(m_mutex);
    return m_changed.wait_for(lock, time, [this] { return m_count == 0; });
  }

 private:
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::size_t m_count;
};

}  // namespace pk::cmd
