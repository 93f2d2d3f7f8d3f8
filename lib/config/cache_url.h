// Where the cache is that several gateways share, as --cache and the settings name it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/secret.h"

namespace pk::config {

struct CacheUrl {
  std::string host = "127.0.0.1";  // a name, or an address without brackets
  std::uint16_t port = 6379;
  std::string socket_path = {};  // of a Unix socket; then host and port mean nothing
  std::string user = {};         // "" is Redis's own "default"
  Secret password = {};          // empty: none
  unsigned database = 0;
  bool operator==(const CacheUrl&) const = default;
};

// redis://[[user]:password@]host[:port][/database] or redis+unix://[[user]:password@]/path[?db=database];
// user, password and path may have %XX. Errors are invalid, and never repeat the text: it may have a password
// in it.
Result<CacheUrl> parse_cache_url(std::string_view text);

// For messages: without user and password. "redis://127.0.0.1:6379/0", "redis+unix:///run/redis.sock?db=0".
std::string shown(const CacheUrl& url);

}  // namespace pk::config
