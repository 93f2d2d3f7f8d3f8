#include "upstream/name_lookup.h"

#include <netdb.h>

#include <boost/asio/post.hpp>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

namespace pk::upstream {

namespace asio = boost::asio;
using Endpoint = asio::ip::tcp::endpoint;

namespace {

Endpoint endpoint_of(const addrinfo& entry, std::uint16_t port) {
  Endpoint endpoint;
  endpoint.resize(entry.ai_addrlen);
  std::memcpy(endpoint.data(), entry.ai_addr, entry.ai_addrlen);
  endpoint.port(port);
  return endpoint;
}

// False if the system has no thread to give.
template <class F>
bool run_detached(F f) {
  try {
    std::thread(std::move(f)).detach();
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

}  // namespace

Result<Addresses> resolve_by_system(const std::string& host, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.c_str(), nullptr, &wanted, &found);
  if (code != 0)
    return Error{Errc::upstream, "could not connect to the provider: its name cannot be resolved: " +
                                     std::string(::gai_strerror(code))};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, ::freeaddrinfo);
  Addresses addresses;
  for (const addrinfo* entry = found; entry; entry = entry->ai_next)
    if (entry->ai_family == AF_INET || entry->ai_family == AF_INET6)
      addresses.push_back(endpoint_of(*entry, port));
  return addresses;
}

NameLookup::NameLookup(asio::io_context& loop, Resolve resolve)
    : m_resolve(std::move(resolve)), m_link(std::make_shared<Guarded<Link>>()) {
  m_link->with([&](Link& link) {
    link.loop = &loop;
    link.owner = this;
  });
}

NameLookup::~NameLookup() {
  m_link->with([](Link& link) {
    link.loop = nullptr;
    link.owner = nullptr;
  });
}

void NameLookup::start(const std::string& host, std::uint16_t port, Told told) {
  const std::uint64_t id = ++m_last_id;
  m_waiting.emplace(id, std::move(told));
  const bool fits =
      m_link->with([](Link& link) { return link.threads < k_lookups_max && ++link.threads > 0; });
  // The thread has what it needs and nothing of ours: who waits must not end on it.
  const auto look_up = [link = m_link, resolve = m_resolve, host, port, id] {
    Result<Addresses> found = resolve(host, port);
    link->with([&](Link& locked) {
      --locked.threads;
      post(link, locked, id, std::move(found));
    });
  };
  if (fits && run_detached(look_up)) return;
  m_link->with([&](Link& link) {
    if (fits) --link.threads;
    post(m_link, link, id, Error{Errc::limit, "too many names are being resolved at the same time"});
  });
}

void NameLookup::post(const SharedLink& link, Link& locked, std::uint64_t id, Result<Addresses> found) {
  if (!locked.loop) return;
  asio::post(*locked.loop, [link, id, found = std::move(found)]() mutable {
    NameLookup* owner = link->with([](Link& now) { return now.owner; });
    if (owner) owner->tell(id, std::move(found));
  });
}

void NameLookup::tell(std::uint64_t id, Result<Addresses> found) {
  const auto waiting = m_waiting.extract(id);
  waiting.mapped()(std::move(found));
}

}  // namespace pk::upstream
