#include "cache/redis_lookup.h"

#include <system_error>
#include <thread>

namespace pk::cache {

Result<std::shared_ptr<RedisLookup>> RedisLookup::start(const config::CacheUrl& url) {
  const Error no_thread{Errc::limit, "the cache: the system has no thread to look up its name"};
  auto lookup = std::make_shared<RedisLookup>();
  if (!lookup->m_bell.good()) return no_thread;
  try {
    std::thread([lookup, url] {
      Found found = addresses_of(url, true);
      lookup->m_found.with([&](std::optional<Found>& place) { place = std::move(found); });
      lookup->m_bell.ring();
    }).detach();
  } catch (const std::system_error&) {
    return no_thread;
  }
  return lookup;
}

std::optional<RedisLookup::Found> RedisLookup::result() const {
  return m_found.with([](const std::optional<Found>& found) { return found; });
}

}  // namespace pk::cache
