// What workers hand to the thread that talks to Redis, and what they share with it. Internal to this room.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "cache/entry.h"
#include "cache/store.h"

namespace pk::cache {

// A question that a worker waits with. Answered once, on the thread of the store.
struct RedisQuestion {
  std::int64_t deadline_ns = 0;  // of the steady clock
  std::int64_t now_ms = 0;       // as get() was told
  Post post;
  std::function<void(EntryPtr)> done;

  bool answered() const { return !done; }
  void answer(EntryPtr entry);
};

// Room in the mailbox, given back at its end.
class RedisRoom {
 public:
  RedisRoom() = default;
  // Without room() where there is none left of `bytes_max`.
  RedisRoom(std::atomic<std::size_t>& held, std::size_t bytes, std::size_t bytes_max);
  ~RedisRoom();
  RedisRoom(RedisRoom&& other) noexcept
      : m_held(std::exchange(other.m_held, nullptr)), m_bytes(other.m_bytes) {}
  RedisRoom& operator=(RedisRoom&& other) noexcept {
    std::swap(m_held, other.m_held);
    std::swap(m_bytes, other.m_bytes);
    return *this;
  }

  bool taken() const { return m_held != nullptr; }

 private:
  std::atomic<std::size_t>* m_held = nullptr;
  std::size_t m_bytes = 0;
};

struct RedisJob {
  enum class Kind : std::uint8_t { get, put, remove };
  Kind kind = Kind::get;
  Key key{};
  std::shared_ptr<RedisQuestion> question;  // of a get
  EntryPtr entry;                           // of a put
  RedisRoom room;
};

// Wakes a thread that sleeps in poll(). Any thread.
class RedisBell {
 public:
  RedisBell();
  ~RedisBell();
  RedisBell(const RedisBell&) = delete;
  RedisBell& operator=(const RedisBell&) = delete;

  bool good() const { return m_fd >= 0; }
  int fd() const { return m_fd; }  // readable once it was rung
  void ring();
  // What was handed over before a ring is seen by whoever looks after the quiet().
  void quiet();

 private:
  const int m_fd;
  std::atomic<bool> m_rung{false};  // spares a system call for each job of many
};

struct RedisHealth {
  bool left_alone = false;    // the breaker is open
  bool puts_refused = false;  // the last one was: Redis is full, or read-only
  std::string last_error;
};

// Any thread.
struct RedisMail {
  struct Box {
    std::vector<RedisJob> jobs;
    bool closed = false;
  };
  std::atomic<std::size_t> held{0};  // bytes of all jobs, until they are done; outlives them
  Guarded<Box> box;
  RedisBell bell;
  std::atomic<bool> left_alone{false};
  Guarded<RedisHealth> health;
  std::atomic<std::uint64_t> dropped_puts{0};
  std::atomic<std::uint64_t> failures{0};

  // False, with `job` untouched: it is closed.
  bool post(RedisJob& job);
};

}  // namespace pk::cache
