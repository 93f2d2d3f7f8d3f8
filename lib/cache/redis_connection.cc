#include "cache/redis_connection.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace pk::cache {

namespace {

constexpr std::size_t k_read_bytes = 16'384;    // what hiredis reads at once
constexpr int k_reads_max = 64;                 // before replies are looked at
constexpr std::size_t k_reply_slack = 65'536;   // what of further replies may be behind a long one
constexpr std::size_t k_words_max = 8;          // of a command
constexpr int k_elements_max = 100'000;         // of an array in a reply
constexpr std::size_t k_error_bytes_max = 200;  // of what Redis says that is repeated

// The array that a reply announces is allocated before it comes: 16 GB for the asking, else.
redisReplyObjectFunctions bounded(const redisReplyObjectFunctions& theirs) {
  static void* (*const create)(const redisReadTask*, int) = theirs.createArray;
  redisReplyObjectFunctions ours = theirs;
  ours.createArray = [](const redisReadTask* task, int elements) -> void* {
    return elements > k_elements_max ? nullptr : create(task, elements);
  };
  return ours;
}

RedisReply taken(const redisReply& reply) {
  RedisReply out;
  switch (reply.type) {
    case REDIS_REPLY_STRING:
      out.kind = RedisReply::Kind::text;
      break;
    case REDIS_REPLY_STATUS:
      out.kind = RedisReply::Kind::status;
      break;
    case REDIS_REPLY_ERROR:
      out.kind = RedisReply::Kind::error;
      break;
    case REDIS_REPLY_INTEGER:
      out.kind = RedisReply::Kind::integer;
      out.integer = reply.integer;
      return out;
    case REDIS_REPLY_ARRAY:
      out.kind = RedisReply::Kind::array;
      for (std::size_t i = 0; i < reply.elements; ++i) out.elements.push_back(taken(*reply.element[i]));
      return out;
    default:
      return out;
  }
  out.text.assign(reply.str, reply.len);
  return out;
}

RedisAddress address_of(const sockaddr* bytes, socklen_t size) {
  RedisAddress address;
  std::memcpy(&address.bytes, bytes, size);
  address.size = size;
  return address;
}

RedisAddress unix_address(const std::string& path) {
  sockaddr_un bytes{};
  bytes.sun_family = AF_UNIX;
  path.copy(bytes.sun_path, sizeof bytes.sun_path - 1);
  return address_of(reinterpret_cast<const sockaddr*>(&bytes), sizeof bytes);
}

std::string_view code_word(std::string_view error_reply) {
  const std::string_view word = error_reply.substr(0, error_reply.find(' '));
  const bool is_code = !word.empty() && word.size() <= 20 &&
                       std::ranges::all_of(word, [](char c) { return c >= 'A' && c <= 'Z'; });
  return is_code ? word : "ERR";
}

std::string_view advice_for(std::string_view code) {
  struct Advice {
    std::string_view code, text;
  };
  static constexpr Advice all[] = {
      {"NOAUTH", "write its password into the URL, redis://:PASSWORD@host"},
      {"WRONGPASS", "check user and password in the URL"},
      {"NOPERM", "give the user +@connection +getrange +set +del on ~pk:cache:*"},
      {"OOM", "give it more maxmemory, or set its maxmemory-policy to allkeys-lru"},
      {"READONLY", "it is a replica: name its master in the URL"},
      {"MISCONF", "it cannot write its own file; see its log"},
      {"LOADING", "it has just started, and is used when it is done"},
      {"WRONGTYPE", "another program uses keys that start with pk:cache:"},
  };
  for (const Advice& advice : all)
    if (advice.code == code) return advice.text;
  return "see its log";
}

Error upstream_error(const config::CacheUrl& url, std::string_view what) {
  return {Errc::upstream, fmt::format("Redis at {}: {}", shown(url), what)};
}

Error cannot_connect(const config::CacheUrl& url, int error_number) {
  return upstream_error(url, fmt::format("{}; start it, or mend the URL", ::strerror(error_number)));
}

}  // namespace

std::string explained(const config::CacheUrl& url, std::string_view error_reply) {
  return upstream_error(url, fmt::format("{}; {}", visible(error_reply.substr(0, k_error_bytes_max), false),
                                         advice_for(code_word(error_reply))))
      .message;
}

Result<std::vector<RedisAddress>> addresses_of(const config::CacheUrl& url, bool may_wait) {
  std::vector<RedisAddress> addresses;
  if (!url.socket_path.empty()) {
    addresses.push_back(unix_address(url.socket_path));
    return addresses;
  }
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICSERV | (may_wait ? 0 : AI_NUMERICHOST);
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &wanted, &found);
  if (code == EAI_NONAME && !may_wait) return addresses;
  if (code != 0)
    return upstream_error(url,
                          fmt::format("its name cannot be resolved: {}; mend the URL", ::gai_strerror(code)));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, ::freeaddrinfo);
  for (const addrinfo* entry = found; entry; entry = entry->ai_next)
    addresses.push_back(address_of(entry->ai_addr, entry->ai_addrlen));
  return addresses;
}

RedisConnection::RedisConnection(config::CacheUrl url, redisContext* context, std::size_t reply_bytes_max)
    : m_url(std::move(url)), m_context(context), m_reply_bytes_max(reply_bytes_max) {
  static redisReplyObjectFunctions functions = bounded(*context->reader->fn);
  context->reader->fn = &functions;
  context->flags &= ~REDIS_BLOCK;
}

RedisConnection::~RedisConnection() {
  ::redisFree(m_context);
}

Result<std::unique_ptr<RedisConnection>> RedisConnection::start(const config::CacheUrl& url,
                                                                const RedisAddress& address,
                                                                std::size_t reply_bytes_max) {
  const int fd = ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return cannot_connect(url, errno);
  const int on = 1;
  if (address.bytes.ss_family != AF_UNIX) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const int result = ::connect(fd, reinterpret_cast<const sockaddr*>(&address.bytes), address.size);
  const int error_number = result == 0 ? 0 : errno;
  redisContext* context = result == 0 || error_number == EINPROGRESS ? ::redisConnectFd(fd) : nullptr;
  if (!context) {
    ::close(fd);
    return cannot_connect(url, error_number == EINPROGRESS ? ENOMEM : error_number);
  }
  std::unique_ptr<RedisConnection> connection(new RedisConnection(url, context, reply_bytes_max));
  if (result == 0) connection->greet();
  return connection;
}

int RedisConnection::fd() const {
  return m_context->fd;
}

std::size_t RedisConnection::unsent_bytes() const {
  return ::sdslen(m_context->obuf);
}

short RedisConnection::events() const {
  if (!m_connected) return POLLOUT;
  return static_cast<short>(POLLIN | (unsent_bytes() > 0 ? POLLOUT : 0));
}

void RedisConnection::send(std::span<const std::string_view> words) {
  PK_ASSERT(words.size() <= k_words_max);
  const char* texts[k_words_max];
  std::size_t sizes[k_words_max];
  int count = 0;
  for (const std::string_view word : words) {
    texts[count] = word.data() ? word.data() : "";
    sizes[count++] = word.size();
  }
  ::redisAppendCommandArgv(m_context, count, texts, sizes);
}

void RedisConnection::greet() {
  m_connected = true;
  m_greeting = {Step::ping};
  if (m_url.database != 0) m_greeting.push_back(Step::choose);
  const std::string_view password = m_url.password.reveal();
  if (!password.empty()) {
    m_greeting.push_back(Step::login);
    if (m_url.user.empty())
      send({"AUTH", password});
    else
      send({"AUTH", m_url.user, password});
  }
  if (m_url.database != 0) send({"SELECT", std::to_string(m_url.database)});
  send({"PING"});
}

Result<void> RedisConnection::finish_connecting() {
  int error_number = 0;
  socklen_t size = sizeof error_number;
  if (::getsockopt(fd(), SOL_SOCKET, SO_ERROR, &error_number, &size) != 0) error_number = errno;
  if (error_number != 0) return cannot_connect(m_url, error_number);
  greet();
  return {};
}

Error RedisConnection::broken() const {
  switch (m_context->err) {
    case REDIS_ERR_IO:
      return cannot_connect(m_url, errno);
    case REDIS_ERR_EOF:
      return upstream_error(m_url, "it closed the connection; see its log");
    case REDIS_ERR_PROTOCOL:
      return upstream_error(m_url, "what it says is not Redis's protocol; mend the URL");
    default:
      return upstream_error(m_url, "a reply is too large");
  }
}

Result<void> RedisConnection::read_some() {
  for (int i = 0; i < k_reads_max; ++i) {
    const std::size_t before = m_context->reader->len;
    if (::redisBufferRead(m_context) != REDIS_OK) return broken();
    if (m_context->reader->len - before < k_read_bytes) break;
  }
  return {};
}

Result<void> RedisConnection::on_events(short happened) {
  if (!m_connected) {
    if (happened == 0) return {};
    PK_TRY(finish_connecting());
    happened = POLLOUT;
  }
  int done = 0;
  if ((happened & POLLOUT) != 0 && ::redisBufferWrite(m_context, &done) != REDIS_OK) return broken();
  if ((happened & (POLLIN | POLLHUP | POLLERR)) == 0) return {};
  const auto read = read_some();
  PK_TRY(take_greeting());  // first, for it says more than that the connection was closed
  return read;
}

Result<void> RedisConnection::take_greeting() {
  while (!m_greeting.empty()) {
    PK_ASSIGN(const auto reply, next_reply());
    if (!reply) return {};
    PK_TRY(check_greeting(m_greeting.back(), *reply));
    m_greeting.pop_back();
  }
  return {};
}

Result<void> RedisConnection::check_greeting(Step step, const RedisReply& reply) const {
  if (reply.kind == RedisReply::Kind::status) return {};
  const bool refused = reply.kind == RedisReply::Kind::error;
  if (step == Step::login) {
    const std::string_view code = code_word(reply.text);
    return upstream_error(
        m_url, fmt::format("it refused the login: {}; {}", code,
                           code == "ERR" ? "check user and password in the URL" : advice_for(code)));
  }
  if (step == Step::choose)
    return upstream_error(m_url, "it refused the database; check its number in the URL");
  return Error{Errc::upstream, refused ? explained(m_url, reply.text)
                                       : upstream_error(m_url, "its answer to PING is none").message};
}

Result<std::optional<RedisReply>> RedisConnection::next_reply() {
  if (m_context->err == REDIS_ERR_OOM) return broken();  // a command was not sent: replies are off by one
  void* raw = nullptr;
  if (::redisGetReplyFromReader(m_context, &raw) != REDIS_OK) return broken();
  if (!raw) {
    if (m_context->reader->len - m_context->reader->pos > m_reply_bytes_max + k_reply_slack)
      return upstream_error(m_url, "a reply is too large");
    return std::optional<RedisReply>();
  }
  const std::unique_ptr<void, decltype(&::freeReplyObject)> reply(raw, ::freeReplyObject);
  return std::optional(taken(*static_cast<const redisReply*>(raw)));
}

}  // namespace pk::cache
