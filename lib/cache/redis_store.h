// Entries in Redis, for several gateways. One thread talks to it over one connection; workers hand it what
// they want through a mailbox, and no call of theirs waits. That thread waits in poll() alone, with the
// nearest deadline: connecting, writing and reading never block it, and a name is looked up on a thread of
// its own. So a get() ends within wait_max whatever Redis, the network or the name server do; and after a few
// failures in a row Redis is left alone for a while, and a get() ends at once.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "base/result.h"
#include "cache/redis_breaker.h"
#include "cache/store.h"
#include "config/cache_url.h"

namespace pk::cache {

inline constexpr std::chrono::milliseconds k_redis_wait_max{5};        // what a sick Redis costs a request
inline constexpr std::chrono::milliseconds k_redis_connect_max{1000};  // to connect and log in
inline constexpr std::chrono::milliseconds k_redis_stall_max{1000};    // for the reply to a put
inline constexpr std::size_t k_redis_mailbox_bytes_max = 64'000'000;   // of what is not done yet
inline constexpr std::size_t k_redis_value_bytes_max = 8'000'000;
inline constexpr std::size_t k_redis_removes_max = 10'000;  // kept for when Redis is back

struct RedisOptions {
  std::chrono::milliseconds wait_max = k_redis_wait_max;
  std::chrono::milliseconds connect_max = k_redis_connect_max;
  std::chrono::milliseconds stall_max = k_redis_stall_max;
  RedisBreaker::Rule breaker = {};
  std::size_t mailbox_bytes_max = k_redis_mailbox_bytes_max;
  std::size_t value_bytes_max = k_redis_value_bytes_max;  // larger entries are neither stored nor taken
};

// A value is entry.h's encode() under redis_key(), and Redis lets it go when it expires.
class RedisStore final : public Store {
 public:
  // Starts the thread, which connects; whether that works stats() tells. Errors: limit, the system has no
  // thread or descriptor to give.
  static Result<std::unique_ptr<RedisStore>> start(config::CacheUrl url, RedisOptions options = {});
  // stop()
  ~RedisStore() override;

  // By `post`, or at once: while Redis is left alone, when the mailbox is full, and after stop(). Bytes that
  // are no entry are none, and counted as a failure.
  void get(const Key& key, std::int64_t now_ms, const Post& post,
           std::function<void(EntryPtr)> done) override;
  // A get() that follows finds it, unless it was dropped (and counted): Redis left alone or refusing, the
  // mailbox full, the entry too large.
  void put(const Key& key, EntryPtr entry) override;
  // While Redis is not there the newest k_redis_removes_max are kept, and done when it is back.
  void remove(const Key& key) override;

  // entries and bytes are 0: Redis has them, and other gateways' too. healthy: it is used, and takes what is
  // put. last_error says what to do; no password is in it.
  StoreStats stats() const override;

  // Who still waits is told none; afterwards nothing is posted any more. Before the loops end that `post`
  // means. Any thread, any number of times.
  void stop();

 private:
  class Impl;
  explicit RedisStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> m_impl;
};

// "pk:cache:1:" and the key as hex digits; the 1 is that of the form of the value.
inline constexpr std::string_view k_redis_prefix = "pk:cache:1:";
std::string redis_key(const Key& key);

}  // namespace pk::cache
