#include "serve_listen.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <thread>

namespace pk::cmd {

namespace {

bool is_loopback(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET)
    return (ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr) >> 24) == 127;
  if (address.ss_family == AF_INET6)
    return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
  return false;
}

}  // namespace

Result<std::vector<http::Listener>> open_listeners(const config::Settings& settings) {
  std::vector<http::Listener> listeners;
  const http::Address address{settings.listen.host, settings.listen.port};
  const auto cores = std::max(1u, std::thread::hardware_concurrency());
  const unsigned count = settings.workers > 0 ? static_cast<unsigned>(settings.workers) : cores;
  for (unsigned i = 0; i < count; ++i) {
    auto opened = listeners.empty() ? http::Listener::open(address) : listeners[0].another();
    PK_ASSIGN(auto listener, std::move(opened));
    listeners.push_back(std::move(listener));
  }
  return listeners;
}

Bound bound_of(const http::Listener& listener, bool tls) {
  return {listener.bound(), is_loopback(listener.socket_address()), tls};
}

http::Limits limits_of(const config::Settings& settings) {
  http::Limits limits;
  limits.header_bytes_max = static_cast<std::uint32_t>(settings.header_bytes_max);
  limits.body_bytes_max = settings.body_bytes_max;
  limits.header_timeout_ms = settings.header_timeout_ms;
  limits.idle_timeout_ms = settings.idle_timeout_ms;
  return limits;
}

}  // namespace pk::cmd
