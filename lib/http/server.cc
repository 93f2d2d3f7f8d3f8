#include "http/server.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>

#include "http/connection.h"

namespace pk::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr int k_backlog = 4096;
constexpr auto k_accept_pause = std::chrono::milliseconds(100);  // after "too many open files"

Address address_of(const sockaddr_storage& storage) {
  char host[NI_MAXHOST] = "", port[NI_MAXSERV] = "";
  ::getnameinfo(reinterpret_cast<const sockaddr*>(&storage), sizeof storage, host, sizeof host, port,
                sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
  return {host, static_cast<std::uint16_t>(std::strtoul(port, nullptr, 10))};
}

}  // namespace

Result<Listener> Listener::open(const Address& address) {
  const std::string name = address.host + ":" + std::to_string(address.port);
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  if (const int failed =
          ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found))
    return Error{Errc::invalid, "cannot listen on " + name + ": " + ::gai_strerror(failed)};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
  return listen(found->ai_addr, found->ai_addrlen, name, true);
}

Result<Listener> Listener::another() const {
  return listen(reinterpret_cast<const sockaddr*>(&m_socket_address), sizeof m_socket_address,
                m_bound.host + ":" + std::to_string(m_bound.port), false);
}

// The option decides twice: at bind() whether others may be there already, afterwards whether others may
// come. The first one binds without it, else a second pk would take its share of this one's connections.
Result<Listener> Listener::listen(const sockaddr* address, unsigned size, const std::string& name,
                                  bool first) {
  const int fd = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno_error("cannot listen on " + name, errno);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (!first) ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  bool listens = ::bind(fd, address, size) == 0;
  if (listens && first) ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  listens = listens && ::listen(fd, k_backlog) == 0;
  if (listens) return Listener(fd);
  const int failed = errno;
  ::close(fd);
  Error error = errno_error("cannot listen on " + name, failed);
  if (failed == EADDRINUSE) error.message += "; stop what listens there or choose another port with --listen";
  return error;
}

Listener::Listener(int fd) : m_fd(fd) {
  socklen_t length = sizeof m_socket_address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&m_socket_address), &length);
  m_bound = address_of(m_socket_address);
}
Listener::Listener(Listener&& other) noexcept
    : m_fd(std::exchange(other.m_fd, -1)),
      m_bound(std::move(other.m_bound)),
      m_socket_address(other.m_socket_address) {}
Listener::~Listener() {
  if (m_fd >= 0) ::close(m_fd);
}
int Listener::release() {
  return std::exchange(m_fd, -1);
}

struct Server::Impl {
  Impl(asio::io_context& loop_, Listener listener, const Limits& limits_, Handler& handler_)
      : loop(loop_),
        acceptor(loop_.get_executor()),
        pause(loop_.get_executor()),
        ticker(loop_.get_executor()),
        limits(limits_),
        handler(handler_) {
    const bool v6 = listener.bound().host.find(':') != std::string::npos;
    acceptor.assign(v6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), listener.release());
    acceptor.non_blocking(true);
  }

  void accept() {
    acceptor.async_accept([this](error_code error, Socket socket) {
      if (draining) return;
      if (!error) add(std::move(socket));
      if (error || connections.size() >= limits.connections_max) return accept_later();
      accept();
    });
  }

  void accept_later() {
    pause.expires_after(k_accept_pause);
    pause.async_wait([this](error_code error) {
      if (error || draining) return;
      connections.size() >= limits.connections_max ? accept_later() : accept();
    });
  }

  void add(Socket socket) {
    auto session = tls ? std::make_unique<TlsSession>(tls) : nullptr;
    connections.emplace_front(std::move(socket), limits, handler, std::move(session), body_max);
    serve(connections.begin()).detach();
  }

  Task<void> serve(std::list<Connection>::iterator connection) {
    co_await connection->run();
    connections.erase(connection);
    if (draining && connections.empty() && drained) std::exchange(drained, {})();
  }

  void tick() {
    ticker.expires_after(std::chrono::milliseconds(k_tick_ms));
    ticker.async_wait([this](error_code error) {
      if (error) return;
      const std::int64_t now = steady_ms();
      each([now](Connection& connection) { connection.check_deadline(now); });
      tick();
    });
  }

  // Closing a connection may end it, and with it its place in the list: step on before the call.
  template <class F>
  void each(F&& f) {
    for (auto at = connections.begin(); at != connections.end();) f(*at++);
  }

  asio::io_context& loop;
  asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor;
  asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                             Executor>
      pause;
  asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                             Executor>
      ticker;
  const Limits limits;
  Handler& handler;
  std::shared_ptr<const TlsContext> tls;
  BodyMax body_max;
  std::list<Connection> connections;
  std::function<void()> drained;
  bool draining = false;
};

Server::Server(asio::io_context& loop, Listener listener, const Limits& limits, Handler& handler)
    : m_impl(std::make_unique<Impl>(loop, std::move(listener), limits, handler)) {}
Server::~Server() = default;

void Server::start() {
  m_impl->accept();
  m_impl->tick();
}

void Server::set_tls(std::shared_ptr<const TlsContext> tls) {
  m_impl->tls = std::move(tls);
}

void Server::set_body_max(BodyMax body_max) {
  m_impl->body_max = std::move(body_max);
}

void Server::drain(std::function<void()> drained) {
  Impl& impl = *m_impl;
  impl.draining = true;
  error_code ignored;
  impl.acceptor.close(ignored);
  impl.pause.cancel();
  if (impl.connections.empty()) return drained();
  impl.drained = std::move(drained);
  impl.each([](Connection& connection) { connection.drain(); });
}

void Server::close_all() {
  m_impl->each([](Connection& connection) { connection.close(); });
}

std::size_t Server::connections() const {
  return m_impl->connections.size();
}

}  // namespace pk::http
