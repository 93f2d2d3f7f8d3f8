// A connection to Redis on which no call waits: whoever has it polls its socket. The one file of the project
// that knows hiredis, of which it takes the protocol and the buffers, but neither connecting nor waiting.
// Lives on one thread. Internal to this room.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/cache_url.h"

struct redisContext;

namespace pk::cache {

struct RedisReply {
  enum class Kind : std::uint8_t { nil, text, integer, status, error, array };
  Kind kind = Kind::nil;
  std::string text;          // of text, status, error
  std::int64_t integer = 0;  // of integer
  std::vector<RedisReply> elements;
};

struct RedisAddress {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

// Where to connect. Where `may_wait` is false a host that is a name gives none, for looking it up blocks.
// Errors: upstream.
Result<std::vector<RedisAddress>> addresses_of(const config::CacheUrl& url, bool may_wait);

// "Redis at redis://…: what; what to do", where an error reply's first word (NOAUTH, OOM …) tells it. No word
// of a reply to AUTH is repeated but the first, for Redis may quote what it was sent.
std::string explained(const config::CacheUrl& url, std::string_view error_reply);

class RedisConnection {
 public:
  // Starts to connect, and to log in and choose the database once it is connected. `reply_bytes_max`: a
  // longer reply ends the connection. Errors: upstream.
  static Result<std::unique_ptr<RedisConnection>> start(const config::CacheUrl& url,
                                                        const RedisAddress& address,
                                                        std::size_t reply_bytes_max);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  int fd() const;
  short events() const;  // what to poll for
  // Writes and reads what can be. Errors: upstream; the connection is of no more use.
  Result<void> on_events(short happened);

  bool connected() const { return m_connected; }
  bool ready() const { return m_connected && m_greeting.empty(); }  // logged in

  // One command; its reply comes in the order of the commands. Not before it is ready.
  void send(std::span<const std::string_view> words);
  void send(std::initializer_list<std::string_view> words) { send(std::span(words.begin(), words.size())); }
  std::size_t unsent_bytes() const;
  // Nothing: none has come yet. Errors: upstream.
  Result<std::optional<RedisReply>> next_reply();

 private:
  enum class Step : std::uint8_t { login, choose, ping };
  RedisConnection(config::CacheUrl url, redisContext* context, std::size_t reply_bytes_max);
  void greet();
  Result<void> take_greeting();
  Result<void> check_greeting(Step step, const RedisReply& reply) const;
  Result<void> finish_connecting();
  Result<void> read_some();
  Error broken() const;

  const config::CacheUrl m_url;
  redisContext* m_context;
  const std::size_t m_reply_bytes_max;
  bool m_connected = false;
  std::vector<Step> m_greeting;  // whose replies are still to come, the next one last
};

}  // namespace pk::cache
