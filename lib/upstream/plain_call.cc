#include "upstream/plain_call.h"

#include <utility>

namespace pk::upstream {

using std::chrono::steady_clock;

// ---- the pool ----

PlainCarrier::~PlainCarrier() {
  for (auto& [authority, idle] : m_idle)
    for (const auto& connection : idle) connection->close();
}

std::unique_ptr<Call> PlainCarrier::start(RunningCalls& running, Request request) {
  auto call = std::make_unique<PlainCall>(*this, m_options, running, std::move(request));
  call->begin();
  return call;
}

std::shared_ptr<PlainConnection> PlainCarrier::take(std::string_view authority) {
  const auto found = m_idle.find(authority);
  if (found == m_idle.end()) return nullptr;
  while (!found->second.empty()) {
    auto connection = std::move(found->second.back());
    found->second.pop_back();
    --m_count;
    if (connection->is_quiet()) return connection;
    connection->close();
  }
  return nullptr;
}

void PlainCarrier::give(std::shared_ptr<PlainConnection> connection) {
  const auto most = static_cast<std::size_t>(m_options.limits.connections_max);
  if (most == 0) return connection->close();
  if (m_count >= most) drop_oldest();
  connection->rest(steady_clock::now());
  auto found = m_idle.find(connection->authority());
  if (found == m_idle.end()) found = m_idle.emplace(connection->authority(), Idle()).first;
  found->second.push_back(std::move(connection));
  ++m_count;
}

// Rare: only where the pool is full.
void PlainCarrier::drop_oldest() {
  auto oldest = m_idle.end();
  for (auto at = m_idle.begin(); at != m_idle.end(); ++at) {
    if (at->second.empty()) continue;
    const bool older =
        oldest == m_idle.end() || at->second.front()->idle_since() < oldest->second.front()->idle_since();
    if (older) oldest = at;
  }
  if (oldest == m_idle.end()) return;
  oldest->second.front()->close();
  oldest->second.erase(oldest->second.begin());
  --m_count;
}

void PlainCarrier::prune(SteadyTime now) {
  for (auto& [authority, idle] : m_idle)
    m_count -= std::erase_if(idle, [now](const auto& connection) {
      const bool gone = !connection->is_usable() || now - connection->idle_since() > k_idle_max;
      if (gone) connection->close();
      return gone;
    });
  std::erase_if(m_idle, [](const auto& entry) { return entry.second.empty(); });
}

// ---- one call ----

PlainCall::PlainCall(PlainCarrier& carrier, const Options& options, RunningCalls& running, Request request_)
    : BufferedCall(options, running, std::move(request_)),
      m_carrier(carrier),
      m_url(*split_plain_url(request().url)),
      m_answer(request().method == "HEAD", options.limits.head_bytes_max) {}

PlainCall::~PlainCall() {
  detach();
}

void PlainCall::begin() {
  m_connection = m_carrier.take(m_url.authority);
  // Its address was allowed when it was opened: hosts may be trusted less by now.
  if (m_connection && !may_connect(m_connection->address())) detach();
  m_reused = m_connection != nullptr;
  m_reused ? ask() : open();
}

void PlainCall::open() {
  const auto host = config::host_of(request().url);
  if (!host) return end({Errc::invalid, "bad upstream address: " + host.error().message});
  m_opening = steady_clock::now();
  // Not make_shared: a look-up that is still on its way holds a weak one, and would hold the memory too.
  m_connection.reset(new PlainConnection(m_carrier.loop(), std::string(m_url.authority)));
  const std::shared_ptr<PlainConnection> hold = m_connection;
  hold->open(*this, m_carrier.names(), host->host, host->port);
}

void PlainCall::ask() {
  const std::shared_ptr<PlainConnection> hold = m_connection;
  append_request_head(hold->head_to_send(), request(), m_url, options());
  hold->send(*this, sends_body(request()) ? request().body : std::string_view());
}

void PlainCall::on_open() {
  ask();
}

bool PlainCall::may_connect(const sockaddr* address) const {
  return upstream::may_connect(address, request(), options());
}

void PlainCall::on_bytes(std::string_view bytes) {
  const std::size_t taken = m_answer.put(bytes, body_moved());
  if (m_answer.head_done() && !is_head_done()) head_moved(m_answer.take_head(), m_answer.body());
  if (m_answer.error()) {
    over(false, m_answer.error());
  } else if (m_answer.done()) {
    // Bytes behind the answer belong to nobody, and what was not asked to its end cannot be asked again.
    over(m_answer.keeps_alive() && taken == bytes.size() && m_connection->all_sent());
  } else if (full()) {
    paused();
  } else {
    m_connection->read();
  }
  wake();
}

void PlainCall::over(bool reusable, std::optional<Error> error) {
  finished(std::move(error));
  const auto connection = std::exchange(m_connection, nullptr);
  if (reusable)
    m_carrier.give(connection);
  else
    connection->close();
}

void PlainCall::on_lost(Error error, bool at_end) {
  m_connection.reset();
  // It was closed while it was idle: nothing was answered, so it is asked once more, on a new one. Who takes
  // a request and says nothing for long has not.
  const auto waited = steady_clock::now() - started();
  if (m_reused && !m_answer.started() && waited < std::chrono::milliseconds(options().limits.ask_again_ms)) {
    m_reused = false;
    return open();
  }
  if (at_end) m_answer.close();
  if (m_answer.error()) error = *m_answer.error();
  m_answer.done() ? finished({}) : finished(std::move(error));
  wake();
}

void PlainCall::detach() {
  if (const auto connection = std::exchange(m_connection, nullptr)) connection->close();
}

void PlainCall::resume() {
  if (m_connection) m_connection->read();
}

void PlainCall::tick(SteadyTime now) {
  if (!m_connection || m_connection->is_usable()) return;
  const std::chrono::milliseconds limit(options().limits.connect_timeout_ms);
  if (now - m_opening >= limit) return end({Errc::timeout, "could not connect to the provider in time"});
  const std::shared_ptr<PlainConnection> hold = m_connection;
  hold->check_patience(now);
}

}  // namespace pk::upstream
