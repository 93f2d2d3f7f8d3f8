#include "share/link.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/time_text.h"

namespace pk::share {

std::string origin_of(const config::Listen& address, bool tls) {
  std::string host = address.host;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  const bool v6 = host.find(':') != std::string::npos;
  const std::uint16_t port = address.port == 0 ? config::Listen().port : address.port;
  return fmt::format("{}://{}{}{}:{}", tls ? "https" : "http", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

std::string share_url(std::string_view origin, std::string_view token) {
  return fmt::format("{}{}{}", origin, k_share_path, token);
}

std::string_view token_of(std::string_view url_or_token) {
  const std::size_t at = url_or_token.rfind(k_share_path);
  return at == std::string_view::npos ? url_or_token : url_or_token.substr(at + k_share_path.size());
}

Result<std::optional<std::int64_t>> parse_expires(std::string_view text, std::int64_t now_ms) {
  if (text == "never") return std::optional<std::int64_t>{};
  const auto after = parse_duration_ms(text);
  if (after && *after > 0) return std::optional(now_ms + *after);
  return Error{Errc::invalid, fmt::format("'{}' is not possible; write a duration such as 7d, or never",
                                          visible(text, false))};
}

}  // namespace pk::share
