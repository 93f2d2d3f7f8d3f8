// A name looked up on a thread of its own, for the system's look-up blocks for as long as a name server is
// silent. Internal to this room.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "cache/redis_connection.h"
#include "cache/redis_mail.h"
#include "config/cache_url.h"

namespace pk::cache {

// Shared with its thread, for which nobody waits at the end.
class RedisLookup {
 public:
  using Found = Result<std::vector<RedisAddress>>;

  // Errors: limit.
  static Result<std::shared_ptr<RedisLookup>> start(const config::CacheUrl& url);

  int fd() const { return m_bell.fd(); }  // readable once it is done
  // Nothing while it runs.
  std::optional<Found> result() const;

 private:
  mutable Guarded<std::optional<Found>> m_found;
  RedisBell m_bell;
};

}  // namespace pk::cache
