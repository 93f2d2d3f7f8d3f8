// A provider's end of its connections, driven by hand: blocking sockets on the test's own thread, for what
// must happen in between two steps of the client. Waits end with an exception after k_wait_max_ms.
#pragma once

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace pk::test {

inline constexpr int k_wait_max_ms = 30'000;

class Fd {
 public:
  explicit Fd(int fd = -1) : m_fd(fd) {}
  Fd(Fd&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(m_fd, other.m_fd);
    return *this;
  }
  ~Fd() {
    if (m_fd >= 0) ::close(m_fd);
  }
  operator int() const { return m_fd; }

 private:
  int m_fd;
};

inline void wait_readable(int fd) {
  pollfd wanted{fd, POLLIN, 0};
  if (::poll(&wanted, 1, k_wait_max_ms) != 1) throw std::runtime_error("nothing came");
}

// One accepted connection.
class Peer {
 public:
  explicit Peer(int fd) : m_fd(fd) {}

  // What comes next, at most `max` bytes; "" at the end, "reset" for one.
  std::string read(std::size_t max = 64 * 1024) {
    wait_readable(m_fd);
    std::string bytes(max, '\0');
    const ssize_t got = ::recv(m_fd, bytes.data(), bytes.size(), 0);
    if (got < 0) return "reset";
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
  }
  // Up to and with the empty line of a head.
  std::string read_head() {
    std::string bytes;
    while (!bytes.ends_with("\r\n\r\n")) {
      const std::string one = read(1);
      if (one.empty() || one == "reset") throw std::runtime_error("the client left within a head");
      bytes += one;
    }
    return bytes;
  }
  std::string read_exactly(std::size_t size) {
    std::string bytes;
    while (bytes.size() < size) {
      const std::string some = read(size - bytes.size());
      if (some.empty()) throw std::runtime_error("the client left within a body");
      bytes += some;
    }
    return bytes;
  }
  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(m_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) throw std::runtime_error("the client takes nothing");
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // Writes, and waits until it lies in the client's kernel.
  void write_through(std::string_view bytes) {
    write(bytes);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(k_wait_max_ms);
    int left = 1;
    while (::ioctl(m_fd, SIOCOUTQ, &left) == 0 && left > 0) {
      if (std::chrono::steady_clock::now() > deadline)
        throw std::runtime_error("the client's kernel is full");
      std::this_thread::yield();
    }
  }
  void close() { m_fd = Fd(); }
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(m_fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }

 private:
  Fd m_fd;
};

class PeerListener {
 public:
  // `port` 0: any. valid() is false where there is no such address, IPv6 for one.
  explicit PeerListener(const char* address = "127.0.0.1", int port = 0, int backlog = 16) {
    sockaddr_storage storage{};
    const bool six = std::string_view(address).find(':') != std::string_view::npos;
    auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
    storage.ss_family = six ? AF_INET6 : AF_INET;
    ::inet_pton(storage.ss_family, address, six ? static_cast<void*>(&v6->sin6_addr) : &v4->sin_addr);
    (six ? v6->sin6_port : v4->sin_port) = htons(static_cast<std::uint16_t>(port));
    m_fd = Fd(::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    socklen_t length = six ? sizeof *v6 : sizeof *v4;
    m_valid =
        ::bind(m_fd, reinterpret_cast<sockaddr*>(&storage), length) == 0 && ::listen(m_fd, backlog) == 0;
    ::getsockname(m_fd, reinterpret_cast<sockaddr*>(&storage), &length);
    m_port = ntohs(six ? v6->sin6_port : v4->sin_port);
  }

  bool valid() const { return m_valid; }
  int port() const { return m_port; }
  int fd() const { return m_fd; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(m_port) + "/v1"; }
  Peer accept() {
    wait_readable(m_fd);
    return Peer(::accept4(m_fd, nullptr, nullptr, SOCK_CLOEXEC));
  }
  bool has_caller() const {
    pollfd wanted{m_fd, POLLIN, 0};
    return ::poll(&wanted, 1, 0) == 1;
  }

 private:
  Fd m_fd;
  int m_port = 0;
  bool m_valid = false;
};

// A port of 127.0.0.1 where a connection is neither taken nor refused: its one place is taken.
class DeadListener {
 public:
  DeadListener() : m_listener("127.0.0.1", 0, 0), m_place(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port()));
    if (::connect(m_place, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("the dead listener is too dead");
  }
  int port() const { return m_listener.port(); }

 private:
  PeerListener m_listener;
  Fd m_place;
};

}  // namespace pk::test
