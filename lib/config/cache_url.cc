#include "config/cache_url.h"

#include <fmt/format.h>
#include <sys/un.h>

#include <limits>
#include <optional>

#include "base/char_set.h"
#include "base/text.h"

namespace pk::config {

namespace {

constexpr std::string_view k_tcp = "redis://";
constexpr std::string_view k_unix = "redis+unix://";
constexpr unsigned k_database_max = 65'535;
constexpr CharSet k_host_characters = CharSet::alphanumeric_and("-._:");

Error wrong(std::string_view what) {
  return {Errc::invalid, fmt::format("{}; write redis://[[user]:password@]host[:port][/database] or "
                                     "redis+unix://[[user]:password@]/path[?db=database]",
                                     what)};
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// %XX as the byte that it means. Nothing if a % is not followed by two digits, or means a zero byte.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const auto high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (!high || !low || (*high == 0 && *low == 0)) return std::nullopt;
    out += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return out;
}

// Takes "user:password@" off the front of `rest`.
Result<void> take_login(std::string_view& rest, CacheUrl& url) {
  // The last one: an @ within a password should be %40, but is understood.
  const std::size_t at = rest.substr(0, rest.find('/')).rfind('@');
  if (at == std::string_view::npos) return {};
  const std::string_view login = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  const std::size_t colon = login.find(':');
  if (colon == std::string_view::npos) return wrong("before the @ stand a user and a password with a colon");
  const auto user = decoded(login.substr(0, colon)), password = decoded(login.substr(colon + 1));
  if (!user || !password) return wrong("a % in user or password is written %25");
  if (password->empty()) return wrong("the password is missing");
  url.user = *user;
  url.password = Secret(*password);
  return {};
}

Result<unsigned> read_database(std::string_view text) {
  const auto number = parse_uint(text);
  if (!number || *number > k_database_max) return wrong("the database is no number");
  return static_cast<unsigned>(*number);
}

Result<void> read_port(std::string_view text, CacheUrl& url) {
  const auto port = parse_uint(text);
  if (!port || *port == 0 || *port > std::numeric_limits<std::uint16_t>::max())
    return wrong("the port is no number from 1 to 65535");
  url.port = static_cast<std::uint16_t>(*port);
  return {};
}

Result<void> read_host(std::string_view text, CacheUrl& url) {
  std::string_view host = text.substr(0, text.find(':')), behind = text.substr(host.size());
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return wrong("a ] is missing");
    host = text.substr(1, end - 1);
    behind = text.substr(end + 1);
  }
  if (host.empty()) return wrong("the host is missing");
  for (const char c : host)
    if (!k_host_characters.has(c)) return wrong("the host is no name and no address");
  url.host = host;
  if (behind.empty()) return {};
  if (!behind.starts_with(':')) return wrong("behind the host stand a colon and the port");
  return read_port(behind.substr(1), url);
}

Result<CacheUrl> parse_tcp(std::string_view rest) {
  CacheUrl url;
  PK_TRY(take_login(rest, url));
  const std::size_t slash = rest.find('/');
  PK_TRY(read_host(rest.substr(0, slash), url));
  if (slash == std::string_view::npos || slash + 1 == rest.size()) return url;
  PK_ASSIGN(url.database, read_database(rest.substr(slash + 1)));
  return url;
}

Result<CacheUrl> parse_unix(std::string_view rest) {
  CacheUrl url;
  PK_TRY(take_login(rest, url));
  const std::size_t question = rest.find('?');
  const auto path = decoded(rest.substr(0, question));
  if (!path || !path->starts_with('/') || path->size() == 1)
    return wrong("the path of the socket is missing");
  if (path->size() >= sizeof(sockaddr_un::sun_path)) return wrong("the path of the socket is too long");
  url.socket_path = *path;
  if (question == std::string_view::npos) return url;
  const std::string_view query = rest.substr(question + 1);
  if (!query.starts_with("db=")) return wrong("behind the ? stands db= and a number");
  PK_ASSIGN(url.database, read_database(query.substr(3)));
  return url;
}

}  // namespace

Result<CacheUrl> parse_cache_url(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) return wrong("there is a space in it");
  if (istarts_with(text, k_tcp)) return parse_tcp(text.substr(k_tcp.size()));
  if (istarts_with(text, k_unix)) return parse_unix(text.substr(k_unix.size()));
  if (istarts_with(text, "rediss://"))
    return Error{Errc::invalid,
                 "rediss:// is not spoken, for the Redis library here has no TLS; run a tunnel such as "
                 "stunnel beside pk and write redis://127.0.0.1:PORT"};
  return wrong("that is no address of a cache");
}

std::string shown(const CacheUrl& url) {
  if (!url.socket_path.empty()) return fmt::format("{}{}?db={}", k_unix, url.socket_path, url.database);
  const bool v6 = url.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}{}:{}/{}", k_tcp, v6 ? "[" : "", url.host, v6 ? "]" : "", url.port, url.database);
}

}  // namespace pk::config
