// An io_context on a thread of its own, as a worker has it. The test's thread talks to what lives there by
// handing it functions.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>
#include <type_traits>
#include <utility>

#include "base/task.h"

namespace pk::test {

class LoopThread {
 public:
  LoopThread() : m_work(m_loop.get_executor()), m_thread([this] { m_loop.run(); }) {}
  ~LoopThread() { stop(); }
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;

  boost::asio::io_context& loop() { return m_loop; }

  // Nothing runs there afterwards.
  void stop() {
    m_loop.stop();
    if (m_thread.joinable()) m_thread.join();
  }

  // The result of `f`, called on the loop's thread.
  template <class F>
  auto run(F f) -> std::invoke_result_t<F&> {
    using T = std::invoke_result_t<F&>;
    std::promise<T> promise;
    boost::asio::post(m_loop, [&] {
      if constexpr (std::is_void_v<T>) {
        f();
        promise.set_value();
      } else {
        promise.set_value(f());
      }
    });
    return promise.get_future().get();
  }

  // Runs the task that `make` gives to its end, on the loop's thread; its value.
  template <class F>
  auto await(F make) {
    using T = decltype(value_of(make()));
    std::promise<T> promise;
    boost::asio::post(m_loop, [&] { deliver(make(), promise).detach(); });
    return promise.get_future().get();
  }

 private:
  template <class T>
  static T value_of(Task<T>);
  template <class T>
  static Task<void> deliver(Task<T> task, std::promise<T>& promise) {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(task);
      promise.set_value();
    } else {
      promise.set_value(co_await std::move(task));
    }
  }

  boost::asio::io_context m_loop{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> m_work;
  std::thread m_thread;
};

// What a coroutine on the loop waits for and the test's thread opens. One waiter.
class LoopGate {
 public:
  explicit LoopGate(boost::asio::io_context& loop) : m_loop(loop) {}
  void open() {
    boost::asio::post(m_loop, [this] { m_event.set(); });
  }
  Event& event() { return m_event; }  // on the loop's thread

 private:
  boost::asio::io_context& m_loop;
  Event m_event;
};

}  // namespace pk::test
