// Accepts connections on one worker's loop. Several servers may listen on the same address (SO_REUSEPORT):
// the kernel spreads connections over them. Lives on its worker's thread; start() may be called before that
// thread runs.
#pragma once

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/handler.h"
#include "http/limits.h"
#include "http/request_parser.h"
#include "http/tls.h"

namespace pk::http {

struct Address {
  std::string host;  // an IP address or a name that resolves to one
  std::uint16_t port = 0;
};

// A listening socket. Every worker can have its own on the same address (SO_REUSEPORT), another process
// cannot.
class Listener {
 public:
  // The first one of an address, which nobody else may listen on. Port 0 picks one: ask bound().
  static Result<Listener> open(const Address& address);
  // One more on the same address, for another worker.
  Result<Listener> another() const;
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;
  ~Listener();
  const Address& bound() const { return m_bound; }
  const sockaddr_storage& socket_address() const { return m_socket_address; }
  int release();  // the caller owns the descriptor

 private:
  explicit Listener(int fd);
  static Result<Listener> listen(const sockaddr* address, unsigned size, const std::string& name, bool first);

  int m_fd;
  Address m_bound;
  sockaddr_storage m_socket_address{};
};

class Server {
 public:
  // `handler` must outlive the server.
  Server(boost::asio::io_context& loop, Listener listener, const Limits& limits, Handler& handler);
  ~Server();

  void start();
  // Connections from now on speak TLS with this; those there are keep what they began with. Null: plain HTTP.
  void set_tls(std::shared_ptr<const TlsContext> tls);
  // Of connections from now on.
  void set_body_max(BodyMax body_max);
  // Accepts no more, closes idle connections, lets the others finish; `drained` is called when none is left.
  void drain(std::function<void()> drained);
  // Closes every connection; their handlers see the client leave.
  void close_all();

  std::size_t connections() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace pk::http
