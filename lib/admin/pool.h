// A few threads that read and change the ledger, so that no worker's loop waits for a disk: work goes to
// them, its result comes back by a post to the loop.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/task.h"

namespace pk::admin {

inline constexpr unsigned k_pool_threads = 4;
inline constexpr std::size_t k_pool_queue_max = 256;  // work that waits for a thread

// Runs something on a worker's loop, from any thread.
using Post = std::function<void(std::function<void()>)>;

// Any thread.
class Pool {
 public:
  explicit Pool(unsigned threads = k_pool_threads, std::size_t queue_max = k_pool_queue_max);
  ~Pool();  // stop()
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // False, and `work` is not taken: the queue is full, or stop() was called.
  bool post(std::function<void()> work);

  // Runs what was taken to its end and ends the threads.
  void stop();

 private:
  void run();

  const std::size_t m_queue_max;
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::deque<std::function<void()>> m_queue;
  bool m_stopped = false;
  std::vector<std::thread> m_threads;
};

// What `work` gives, run on the pool; nothing where the pool is full. Its awaiter goes on on its own loop,
// which `loop` posts to.
template <class T>
Task<std::optional<T>> run_on(Pool& pool, const Post& loop, std::function<T()> work) {
  std::optional<T> result;
  Event done;
  const bool taken = pool.post([&] {
    result.emplace(work());
    loop([&done] { done.set(); });
  });
  if (!taken) co_return std::optional<T>();
  co_await done;
  co_return std::move(result);
}

}  // namespace pk::admin
