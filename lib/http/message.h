// A request as received and a response head as sent. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "log/record.h"

namespace pk::http {

using Headers = log::Headers;

// The first value of that name (any case), or nothing.
std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);

struct Request {
  std::string method;
  std::string target;  // as in the request line: path and query
  int version = 11;    // 10 or 11
  bool keep_alive = true;
  Headers headers;
  std::string body;

  std::string_view path() const;   // target up to '?'
  std::string_view query() const;  // after '?', "" if none
};

struct ResponseHead {
  int status = 200;
  Headers headers;  // without Content-Length, Transfer-Encoding and Connection: framing is the connection's
  std::optional<std::uint64_t> content_length;  // none: chunked, or until close for HTTP/1.0
};

// "Not Found"; "" for a status without a name.
std::string_view reason_phrase(int status);
// 1xx, 204, 304: no body whatever the headers say (RFC 9110 section 6.4.1).
bool status_has_body(int status);

}  // namespace pk::http
