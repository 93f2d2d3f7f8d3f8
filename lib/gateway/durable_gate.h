// Where an exchange waits until its record is on disk (`--durability strict`). One per worker, on its thread;
// only notify() may be called from the writer's.
#pragma once

#include <atomic>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <deque>

#include "base/task.h"
#include "log/sink.h"

namespace pk::gateway {

// The longest that a response is held for its record; then it is released and counted.
constexpr std::chrono::milliseconds k_durable_wait_max{250};

class DurableGate {
 public:
  DurableGate(boost::asio::io_context& loop, const log::Sink& sink)
      : m_loop(loop), m_sink(sink), m_timer(loop.get_executor()) {}

  // Until `seq` is on disk, or the wait is over. Who asks `again` then has released nothing.
  Task<void> wait(log::Sink::Seq seq, bool again = false);

  // The sink's durable place grew: any thread.
  void notify();

  // How many responses were released before their record was on disk. Any thread.
  std::uint64_t released() const { return m_released.load(std::memory_order_relaxed); }

 private:
  using SteadyClock = std::chrono::steady_clock;
  struct Waiter {
    log::Sink::Seq seq;
    SteadyClock::time_point deadline;
    Event* event;
    bool again;
  };

  void release_durable();
  void release_overdue();
  void arm_timer();

  boost::asio::io_context& m_loop;
  const log::Sink& m_sink;
  boost::asio::basic_waitable_timer<SteadyClock, boost::asio::wait_traits<SteadyClock>,
                                    boost::asio::io_context::executor_type>
      m_timer;
  std::deque<Waiter> m_waiters;  // in the order of seq, and so of deadline
  bool m_timer_armed = false;
  std::atomic<bool> m_waiting{false};
  std::atomic<bool> m_posted{false};
  std::atomic<std::uint64_t> m_released{0};
};

}  // namespace pk::gateway
