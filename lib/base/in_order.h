// Does a work on several threads and hands over what comes of it in the order in which the work was put in.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace pk {

// Lives on one thread, which puts and takes; the work is done on others.
template <class In, class Out>
class InOrder {
 public:
  // On one of the threads, whose number is given.
  using Work = std::function<Out(std::size_t thread, In in)>;
  // On the thread that puts. False: enough, what was put in after it is let go.
  using Take = std::function<bool(Out out)>;

  // `ahead_max`: results and work that are held at most, from 1.
  InOrder(std::size_t threads, std::size_t ahead_max, Work work, Take take)
      : m_ahead_max(std::max<std::size_t>(ahead_max, 1)), m_work(std::move(work)), m_take(std::move(take)) {
    for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i)
      m_threads.emplace_back([this, i] { run(i); });
  }
  // Work that was not begun is let go.
  ~InOrder() {
    {
      std::lock_guard lock(m_mutex);
      m_over = true;
    }
    m_begin.notify_all();
    for (std::thread& thread : m_threads) thread.join();
  }
  InOrder(const InOrder&) = delete;
  InOrder& operator=(const InOrder&) = delete;

  // Waits where `ahead_max` are held, and takes what is ready. False once `take` had enough.
  bool put(In in) {
    if (m_enough) return false;
    {
      std::lock_guard lock(m_mutex);
      m_jobs.push_back({std::move(in), {}});
    }
    m_begin.notify_one();
    while (!m_enough && is_due()) take_first();
    return !m_enough;
  }

  // Takes all that is left. False if `take` had enough before the end.
  bool finish() {
    while (!m_enough && !m_jobs.empty()) take_first();
    return !m_enough;
  }

 private:
  struct Job {
    In in;
    std::optional<Out> out;
  };

  bool is_due() {
    std::lock_guard lock(m_mutex);
    return m_jobs.size() >= m_ahead_max || (!m_jobs.empty() && m_jobs.front().out);
  }

  void take_first() {
    std::unique_lock lock(m_mutex);
    m_done.wait(lock, [this] { return m_jobs.front().out.has_value(); });
    Out out = *std::move(m_jobs.front().out);
    m_jobs.pop_front();
    --m_next;
    lock.unlock();
    m_enough = !m_take(std::move(out));
  }

  void run(std::size_t thread) {
    std::unique_lock lock(m_mutex);
    while (true) {
      m_begin.wait(lock, [this] { return m_over || m_next < m_jobs.size(); });
      if (m_over) return;
      Job& job = m_jobs[m_next++];  // stays where it is while others come and go at the ends
      lock.unlock();
      Out out = m_work(thread, std::move(job.in));
      lock.lock();
      job.out = std::move(out);
      m_done.notify_one();
    }
  }

  const std::size_t m_ahead_max;
  const Work m_work;
  const Take m_take;
  std::mutex m_mutex;
  std::condition_variable m_begin;  // there is work, or it is over
  std::condition_variable m_done;   // some work is done
  std::deque<Job> m_jobs;           // those that are not taken yet
  std::size_t m_next = 0;           // of them, the first that no thread has begun
  bool m_over = false;
  bool m_enough = false;  // the caller's
  std::vector<std::thread> m_threads;
};

}  // namespace pk
