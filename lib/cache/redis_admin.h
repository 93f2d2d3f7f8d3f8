// The entries in Redis for whoever looks after them: `pk cache`. Waits for Redis; one thread. Keys are gone
// through in steps of a few hundred, so that Redis serves others between them; what is stored or goes while
// that lasts may be seen or not.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cache/entry.h"
#include "cache/redis_connection.h"
#include "config/cache_url.h"

namespace pk::cache {

struct RedisStatistics {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;    // of values
  std::uint64_t damaged = 0;  // values that are no entries of this version; counted in `entries` too
  std::optional<std::int64_t> oldest_ms;  // created, since 1970
  std::optional<std::int64_t> newest_ms;
};

class RedisAdmin {
 public:
  // Errors of all: upstream, and timeout where Redis says nothing for 5 s. No password is in
  // them.
  static Result<RedisAdmin> connect(const config::CacheUrl& url);

  Result<RedisStatistics> statistics();

  // Each says how many entries went. Only keys that start with "pk:cache:" are touched.
  Result<std::uint64_t> clear();  // those of other versions too
  Result<std::uint64_t> remove_log(const Uuid& log_id);
  // By the first hex digits of keys; "" is not everything but nothing.
  Result<std::uint64_t> remove_prefix(std::string_view key_digits);

 private:
  using Command = std::vector<std::string>;
  explicit RedisAdmin(config::CacheUrl url) : m_url(std::move(url)) {}

  Result<void> open();
  Result<void> wait();
  // One reply for each; that of a command which Redis refuses is an error.
  Result<std::vector<RedisReply>> ask(const std::vector<Command>& commands);
  Result<void> each_batch(std::string_view pattern,
                          const std::function<Result<void>(const std::vector<std::string>& keys)>& f);
  Result<std::uint64_t> remove(const std::vector<std::string>& keys);
  Result<std::uint64_t> remove_matching(std::string_view pattern);

  config::CacheUrl m_url;
  std::unique_ptr<RedisConnection> m_connection;
};

}  // namespace pk::cache
