#include "admin/pool.h"

namespace pk::admin {

Pool::Pool(unsigned threads, std::size_t queue_max) : m_queue_max(queue_max) {
  for (unsigned i = 0; i < threads; ++i) m_threads.emplace_back([this] { run(); });
}

Pool::~Pool() {
  stop();
}

bool Pool::post(std::function<void()> work) {
  {
    std::lock_guard lock(m_mutex);
    if (m_stopped || m_queue.size() >= m_queue_max) return false;
    m_queue.push_back(std::move(work));
  }
  m_changed.notify_one();
  return true;
}

void Pool::stop() {
  {
    std::lock_guard lock(m_mutex);
    m_stopped = true;
  }
  m_changed.notify_all();
  for (std::thread& thread : m_threads)
    if (thread.joinable()) thread.join();
}

void Pool::run() {
  std::unique_lock lock(m_mutex);
  for (;;) {
    m_changed.wait(lock, [this] { return m_stopped || !m_queue.empty(); });
    if (m_queue.empty()) return;
    const std::function<void()> work = std::move(m_queue.front());
    m_queue.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace pk::admin
