// The thread of a RedisStore. Internal to this room.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cache/redis_breaker.h"
#include "cache/redis_connection.h"
#include "cache/redis_lookup.h"
#include "cache/redis_mail.h"
#include "cache/redis_store.h"
#include "config/cache_url.h"

namespace pk::cache {

class RedisLoop {
 public:
  RedisLoop(config::CacheUrl url, const RedisOptions& options, RedisMail& mail);

  // Until the mailbox is closed. Who waits then is told none.
  void run();

 private:
  struct Sent {
    RedisJob job;
    std::int64_t at_ns = 0;
  };

  bool take_mail();
  void sort_in(RedisJob job);
  void pass_deadlines();
  std::int64_t nearest_deadline() const;
  void wait();

  void connect_if_wanted();
  void use(Result<std::vector<RedisAddress>> addresses);
  void try_next_address(std::string why_not_the_last);
  void on_socket(short happened);
  void on_ready();

  void send_waiting();
  void send(RedisJob job);
  void read_replies();
  void take_reply(RedisJob job, const RedisReply& reply);
  EntryPtr entry_in(const RedisJob& job, const RedisReply& reply);

  void lost(const std::string& why);    // the connection, and what was under way on it
  void failed(const std::string& why);  // tells the breaker
  void remember(const std::string& why);
  void leave_alone();
  void give_up(RedisJob job);

  std::string said(std::string_view what) const;

  const config::CacheUrl m_url;
  const RedisOptions m_options;
  RedisMail& m_mail;
  const SystemClock m_clock;
  RedisBreaker m_breaker;
  std::int64_t m_now_ns = 0;  // of this turn

  // Connecting: a look-up or a connection that is not ready, to be done by m_connect_by_ns.
  std::shared_ptr<RedisLookup> m_lookup;
  bool m_looking = false;
  std::deque<RedisAddress> m_addresses;  // still to be tried
  std::unique_ptr<RedisConnection> m_connection;
  bool m_ready = false;
  bool m_wanted = true;  // also without a job: at the start, so that a wrong URL is told then
  std::int64_t m_connect_by_ns = 0;
  std::optional<std::int64_t> m_greeted_ns;  // when it was connected, and the greeting went out

  std::deque<RedisJob> m_waiting;                          // not sent yet
  std::deque<Sent> m_sent;                                 // whose replies are to come, in their order
  std::deque<std::shared_ptr<RedisQuestion>> m_questions;  // the oldest first, answered ones among them
  std::deque<Key> m_removes;                               // to be sent before all else
};

}  // namespace pk::cache
