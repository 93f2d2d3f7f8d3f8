#include "upstream/plain_connection.h"

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <cerrno>
#include <utility>

#include "base/text.h"
#include "upstream/request_head.h"

namespace pk::upstream {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

// What stands in an idle connection's buffer until something is read into it, be the handler still to come.
// An answer does not begin with it.
constexpr char k_nothing_came = '\0';

Error unreachable(std::string_view why) {
  return {Errc::upstream, "could not connect to the provider: " + std::string(why)};
}

}  // namespace

PlainConnection::PlainConnection(asio::io_context& loop, std::string authority)
    : m_authority(std::move(authority)), m_socket(loop.get_executor()) {}

void PlainConnection::close() {
  m_user = nullptr;
  if (std::exchange(m_closed, true)) return;
  error_code ignored;
  m_socket.close(ignored);
}

void PlainConnection::lost(Error error, bool at_end) {
  User* user = std::exchange(m_user, nullptr);
  close();
  if (user) user->on_lost(std::move(error), at_end);
}

// ---- opening ----

void PlainConnection::open(User& user, NameLookup& names, const std::string& host, std::uint16_t port) {
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (!error) return open(user, {Tcp::endpoint(address, port)});
  m_user = &user;
  // A look-up may take longer than its caller's patience: it keeps nothing alive.
  names.start(host, port, [weak = weak_from_this()](Result<Addresses> found) {
    const auto self = weak.lock();
    if (!self || self->m_closed) return;
    if (!found) return self->lost(found.error(), false);
    self->open(*self->m_user, *std::move(found));
  });
}

void PlainConnection::open(User& user, Addresses addresses) {
  m_user = &user;
  m_addresses = std::move(addresses);
  try_next();
}

void PlainConnection::try_next() {
  while (m_next < m_addresses.size() && !m_user->may_connect(m_addresses[m_next].data())) {
    m_refused = true;
    ++m_next;
  }
  if (m_next == m_addresses.size()) return lost(m_refused ? address_refused() : unreachable(m_why), false);
  m_address = m_addresses[m_next++];
  error_code ignored;
  m_socket.close(ignored);
  m_tried = steady_clock::now();
  m_socket.async_connect(m_address, [self = shared_from_this(), attempt = m_next](error_code error) {
    if (self->m_closed || attempt != self->m_next) return;  // given up for the next one
    self->connected(bool(error), error.message());
  });
}

void PlainConnection::connected(bool failed, std::string_view why) {
  if (failed) {
    m_why = why;
    return try_next();
  }
  error_code ignored;
  m_socket.non_blocking(true, ignored);
  m_socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  m_socket.set_option(asio::socket_base::keep_alive(true), ignored);
  m_open = true;
  m_addresses = {};
  read();
  m_user->on_open();
}

void PlainConnection::check_patience(SteadyTime now) {
  if (m_open || m_closed || m_next == 0 || m_next >= m_addresses.size()) return;
  if (now - m_tried < k_address_patience) return;
  m_why = "no answer";
  try_next();
}

// ---- writing ----

std::string& PlainConnection::head_to_send() {
  m_out.clear();
  m_out_at = 0;
  return m_out;
}

void PlainConnection::send(User& user, std::string_view body) {
  m_user = &user;
  m_body = body;
  if (body.size() <= k_joined_bytes_max) m_out.append(std::exchange(m_body, {}));
  write();
}

// Waits for room without an outstanding write, so that nobody's bytes are read after close().
void PlainConnection::write() {
  while (!all_sent()) {
    const std::array<asio::const_buffer, 2> parts = {
        asio::const_buffer(m_out.data() + m_out_at, m_out.size() - m_out_at),
        asio::const_buffer(m_body.data(), m_body.size())};
    error_code error;
    const std::size_t sent = m_socket.write_some(parts, error);
    if (error == asio::error::would_block) {
      if (std::exchange(m_writing, true)) return;
      m_socket.async_wait(asio::socket_base::wait_write, [self = shared_from_this()](error_code) {
        self->m_writing = false;
        if (!self->m_closed && self->m_user) self->write();
      });
      return;
    }
    if (error) return give_up_writing(error);
    const std::size_t of_head = std::min(sent, m_out.size() - m_out_at);
    m_out_at += of_head;
    m_body.remove_prefix(sent - of_head);
    m_user->on_sent();
    if (!m_user) return;
  }
}

// What is wrong is told by the read that is outstanding, after what the peer may have said before. A socket
// tells its error once, and it was told here: to the read it is a mere end, which could end a body, too.
void PlainConnection::give_up_writing(error_code error) {
  m_write_error = error;
  error_code ignored;
  m_socket.shutdown(Tcp::socket::shutdown_both, ignored);
}

// ---- reading ----

void PlainConnection::read() {
  if (m_closed || std::exchange(m_reading, true)) return;
  m_socket.async_read_some(asio::buffer(m_in),
                           [self = shared_from_this()](error_code error, std::size_t bytes) {
                             self->m_reading = false;
                             if (!self->m_closed) self->take_read(error, bytes);
                           });
}

void PlainConnection::take_read(error_code error, std::size_t bytes) {
  if (!m_user) return close();  // nothing is to come on an idle connection
  if (!error) return m_user->on_bytes({m_in.data(), bytes});
  if (error == asio::error::eof && m_write_error) error = m_write_error;
  lost({Errc::upstream, "the connection to the provider failed: " + error.message()},
       error == asio::error::eof);
}

void PlainConnection::rest(SteadyTime now) {
  m_user = nullptr;
  m_idle_since = now;
  m_in[0] = k_nothing_came;
  read();
}

bool PlainConnection::is_quiet() {
  if (!is_usable() || m_in[0] != k_nothing_came) return false;
  char byte = 0;
  return ::recv(m_socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

}  // namespace pk::upstream
