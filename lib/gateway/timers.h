// Waiting between two attempts: a time that the client's leaving ends early.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace pk::gateway {

// A running time. Destroying it ends it without a word.
class Timer {
 public:
  virtual ~Timer() = default;
};

// Makes timers on one worker's loop; an interface, so that a test need not wait.
class Timers {
 public:
  virtual ~Timers() = default;
  // `over` is called once, from the loop, unless the timer is destroyed before.
  virtual std::unique_ptr<Timer> start(std::int64_t ms, std::function<void()> over) = 0;
};

class LoopTimers final : public Timers {
 public:
  explicit LoopTimers(boost::asio::io_context& loop) : m_loop(loop) {}
  std::unique_ptr<Timer> start(std::int64_t ms, std::function<void()> over) override;

 private:
  boost::asio::io_context& m_loop;
};

}  // namespace pk::gateway
