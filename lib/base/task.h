// Coroutines of one thread. A Task is a lazy coroutine that its awaiter owns; an Event is what one coroutine
// waits for and code outside it sets. No executor, no locks: everything happens on the thread that resumes,
// and resuming is a call.
//
// A suspended Task is never destroyed from outside: whoever ends an exchange closes what it waits for, and
// the coroutine runs to its end by itself.
//
// GCC 12 gets two forms wrong. It destroys some temporaries of a co_await expression twice (braced
// aggregates, lambdas with captures): name the operand on the line before. And where the condition of an `if`
// inside a loop awaits and its branch breaks or continues, the coroutine ends before its first line: name the
// result on the line before.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "base/assert.h"

namespace pk {

template <class T = void>
class Task;

namespace detail {

// Resumes the awaiter when the coroutine ends; a detached one (no awaiter) frees its own frame.
template <class Promise>
struct FinalAwaiter {
  bool await_ready() noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) noexcept {
    if (auto next = self.promise().continuation) return next;
    if (self.promise().detached) self.destroy();
    return std::noop_coroutine();
  }
  void await_resume() noexcept {}
};

struct PromiseBase {
  std::coroutine_handle<> continuation;
  bool detached = false;

  std::suspend_always initial_suspend() noexcept { return {}; }
  // Nothing throws in lib/; what a library throws all the same (bad_alloc) ends the process with a core.
  void unhandled_exception() noexcept { std::terminate(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;

  Task<T> get_return_object();
  FinalAwaiter<Promise> final_suspend() noexcept { return {}; }
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    PK_ASSERT(value.has_value());
    return std::move(*value);
  }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  FinalAwaiter<Promise> final_suspend() noexcept { return {}; }
  void return_void() noexcept {}
  void take() {}
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) : m_handle(handle) {}
  Task(Task&& other) noexcept : m_handle(std::exchange(other.m_handle, {})) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (m_handle) m_handle.destroy();
  }

  // Starts it and resumes the awaiter when it has ended.
  auto operator co_await() && noexcept {
    struct Awaiter {
      Handle handle;
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiter) noexcept {
        handle.promise().continuation = awaiter;
        return handle;
      }
      T await_resume() { return handle.promise().take(); }
    };
    return Awaiter{m_handle};
  }

  // Starts it with nobody waiting: it frees itself when it ends.
  void detach() && {
    Handle handle = std::exchange(m_handle, {});
    handle.promise().detached = true;
    handle.resume();
  }

 private:
  Handle m_handle;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() {
  return Task<T>(Task<T>::Handle::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(Task<void>::Handle::from_promise(*this));
}

}  // namespace detail

// One waiter, one or more setters, all on one thread. set() resumes the waiter at once, or is kept for the
// next wait.
class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void set() {
    if (auto waiter = std::exchange(m_waiter, {}))
      waiter.resume();
    else
      m_set = true;
  }
  bool has_waiter() const { return static_cast<bool>(m_waiter); }

  auto operator co_await() noexcept {
    struct Awaiter {
      Event& event;
      bool await_ready() const noexcept { return std::exchange(event.m_set, false); }
      void await_suspend(std::coroutine_handle<> waiter) noexcept {
        PK_ASSERT(!event.m_waiter);
        event.m_waiter = waiter;
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this};
  }

 private:
  std::coroutine_handle<> m_waiter;
  bool m_set = false;
};

}  // namespace pk
