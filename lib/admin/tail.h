// Log records as they are written, for any number of listeners: one thread watches the ledger for all of
// them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "query/filter.h"
#include "query/follow.h"
#include "store/env.h"

namespace pk::admin {

inline constexpr std::size_t k_listeners_max = 256;
inline constexpr std::size_t k_listener_bytes_max = 1'000'000;  // what waits for one that is slow
inline constexpr std::int64_t k_ping_ms = 15'000;

struct TailEvent {
  Uuid id;
  std::string json;  // the record as in lists
};

// What one listener is to be told, taken all at once.
struct TailNews {
  std::vector<TailEvent> events;
  bool watching = false;  // from its first time on nothing that is written is missed
  bool ping = false;      // nothing was said for k_ping_ms
  bool dropped = false;   // it was too slow: nothing more comes
  bool over = false;      // the server ends
};

// Any thread.
class Listener {
 public:
  Listener(query::Filter filter, std::function<void()> wake)
      : m_filter(std::move(filter)), m_wake(std::move(wake)) {}

  TailNews take();

 private:
  friend class Tail;
  // The watcher's: each wakes its listener.
  void watching();
  void offer(const log::LogRecord& record, std::string& json);
  void ping();
  void over();

  const query::Filter m_filter;
  const std::function<void()> m_wake;
  std::mutex m_mutex;
  TailNews m_news;
  std::size_t m_bytes = 0;
};

// Any thread. The thread that watches sleeps while nobody listens.
class Tail {
 public:
  // Without an `env` nobody can listen.
  Tail(std::shared_ptr<store::Env> env, const Clock& clock);
  ~Tail();  // stop()

  // Calls `wake`, from the watcher's thread, whenever there is news. Null: k_listeners_max listen already, or
  // stop() was called. Who lets go of it listens no more.
  std::shared_ptr<Listener> listen(query::Filter filter, std::function<void()> wake);

  // Tells every listener that it is over, and ends the thread.
  void stop();

 private:
  using Listeners = std::vector<std::shared_ptr<Listener>>;
  void run();
  bool wait_for_listeners();
  bool pause();
  void watch();
  Listeners listeners();
  void greet(std::vector<std::weak_ptr<Listener>>& greeted);
  void tell(const log::LogRecord& record);

  const std::shared_ptr<store::Env> m_env;
  const Clock& m_clock;
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::vector<std::weak_ptr<Listener>> m_listeners;
  bool m_stopped = false;
  std::thread m_thread;
};

}  // namespace pk::admin
