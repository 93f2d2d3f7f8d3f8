// Requests to providers, on the worker's own loop. One Client per worker, on its thread; a Call belongs to
// the Client that started it. Connections pooled, no redirects, no proxy from the environment, no signals.
// https is libcurl's: HTTP/1.1 and HTTP/2, TLS verified. Plain http is our own (plain_call.h).
#pragma once

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/task.h"
#include "config/upstream_guard.h"
#include "log/record.h"

namespace pk::upstream {

struct Limits {
  std::int64_t connect_timeout_ms = 10'000;
  std::int64_t silence_timeout_ms = 600'000;  // no byte in either direction
  // A connection may be closed while it was idle, and the request that it was then used for be sent in vain:
  // one of any method that has waited for less, and of which no byte was answered, is sent once more on a new
  // connection. After more it may have been worked on, and is not. (Where curl carries it there is no bound.)
  std::int64_t ask_again_ms = 5'000;
  std::uint32_t head_bytes_max = 256 * 1024;
  std::size_t buffer_bytes_max = 256 * 1024;  // of one body, ahead of its reader: then the transfer is paused
  long connections_max = 512;                 // kept open for reuse
};

struct Options {
  Limits limits;
  std::string user_agent = "pk";
  std::string proxy;                   // "" = none
  config::TrustedHosts trusted_hosts;  // asked with each resolved address, where the socket is opened
  sockaddr_storage own_listener{};     // never called; family 0 = none
  std::string ca_file;                 // PEM: whom to trust instead of those that the system does; "" = those
  bool curl_for_http = false;          // http:// too goes by curl, as it does where there is a proxy
};

struct Request {
  std::string method;
  std::string url;
  log::Headers headers;                       // Content-Length and Transfer-Encoding are left out
  std::string_view body;                      // must outlive the Call
  config::Trust trust = config::Trust::none;  // of the URL's host
  std::int64_t first_byte_timeout_ms = 0;     // until the response's head; 0 = only the silence limit
};

struct Head {
  int status = 0;
  log::Headers headers;  // as received; a content coding that was undone is left out
  // Nothing but the end of the connection says where the body ends: one that was cut looks whole.
  bool ends_by_close = false;
};

class Client;

// One transfer. Destroying it ends it.
class Call {
 public:
  virtual ~Call() = default;

  // Waits for the head of the final response (1xx are passed over). Errors: upstream (unreachable, cut, no
  // HTTP), timeout (first byte), unauthorized (address refused), cancelled, limit (head too large). The
  // pointer lives as long as the Call.
  virtual Task<Result<const Head*>> head() = 0;

  // The next piece of the body, content coding undone; an empty view is its end. Valid until the next read().
  // An error after the head means that the body is not whole.
  virtual Task<Result<std::string_view>> read() = 0;

  // Whether the last read() gave the last bytes of a whole body: the next one would say the end without
  // waiting.
  virtual bool ended() const = 0;

  // What waits now, or asks later, gets cancelled.
  virtual void cancel() = 0;
};

class Client {
 public:
  Client(boost::asio::io_context& loop, Options options);
  ~Client();

  // Never fails by itself: what went wrong is the answer of head().
  std::unique_ptr<Call> start(Request request);

  // For calls from now on.
  void set_trusted_hosts(config::TrustedHosts hosts);

  // Loads libcurl and sets it up for the process; call once before the first Client, before threads. Error:
  // io, with what to install.
  static Result<void> global_init();

  struct Impl;

 private:
  std::unique_ptr<Impl> m_impl;
};

}  // namespace pk::upstream
