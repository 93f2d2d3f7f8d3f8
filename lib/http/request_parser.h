// HTTP/1.x requests from bytes (Beast's parser, RFC 9112), into our own Request. One message at a time; what
// follows it stays with the caller. Refuses what could be read in two ways: both lengths, a length with an
// HTTP/1.0 transfer coding, a coding that does not end in chunked, two Hosts, bare line feeds.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "http/handler.h"
#include "http/limits.h"
#include "http/message.h"

namespace pk::http {

// The largest body that is taken with a head, where that is less than of any. Asked once the head is known
// and before its body is read, if it may have one; with 0 a request that has one is refused there.
using BodyMax = std::function<std::uint64_t(const Request& head)>;

class RequestParser {
 public:
  explicit RequestParser(const Limits& limits, BodyMax body_max = {});
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // Forgets the message before.
  void reset();
  // Takes bytes off the front of `bytes`; returns how many. Call again with the rest and more until done() or
  // problem().
  std::size_t put(std::string_view bytes);

  bool started() const;    // at least one byte of a message was seen
  bool head_done() const;  // method, target, headers are known
  bool done() const;
  const std::optional<Malformed>& problem() const;
  bool expects_continue() const;  // "Expect: 100-continue" and the body is not there yet

  Request& request();

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace pk::http
