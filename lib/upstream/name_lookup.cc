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
  const auto [known, is_new] = m_waiting.try_emplace(host);
  known->second.push_back({port, std::move(told)});
  if (!is_new) return;
  if (m_threads < k_lookups_max) return begin(host);
  if (m_queue.size() < k_lookups_queued_max) return m_queue.push_back(host);
  ++m_threads;  // as if one had looked, so that it ends like all others
  post(m_link, host, Error{Errc::limit, "too many names are being resolved at the same time"});
}

// The thread has what it needs and nothing of ours: who waits must not end on it.
void NameLookup::begin(const std::string& host) {
  ++m_threads;
  const auto look_up = [link = m_link, resolve = m_resolve, host] { post(link, host, resolve(host, 0)); };
  if (!run_detached(look_up)) post(m_link, host, Error{Errc::limit, "no thread to resolve a name with"});
}

void NameLookup::post(const SharedLink& link, const std::string& host, Result<Addresses> found) {
  link->with([&](Link& locked) {
    if (!locked.loop) return;
    asio::post(*locked.loop, [link, host, found = std::move(found)] {
      NameLookup* owner = link->with([](Link& now) { return now.owner; });
      if (owner) owner->over(host, found);
    });
  });
}

void NameLookup::over(const std::string& host, const Result<Addresses>& found) {
  --m_threads;
  begin_next();
  tell(host, found);
}

void NameLookup::begin_next() {
  if (m_queue.empty() || m_threads >= k_lookups_max) return;
  const std::string host = std::move(m_queue.front());
  m_queue.pop_front();
  begin(host);
}

// Any of them may end us, and the others with it.
void NameLookup::tell(const std::string& host, const Result<Addresses>& found) {
  const auto waiting = m_waiting.extract(host);
  const SharedLink link = m_link;
  for (const Waiter& waiter : waiting.mapped()) {
    if (!link->with([](Link& now) { return now.owner; })) return;
    Result<Addresses> mine = found;
    if (mine)
      for (Endpoint& endpoint : *mine) endpoint.port(waiter.port);
    waiter.told(std::move(mine));
  }
}

}  // namespace pk::upstream
