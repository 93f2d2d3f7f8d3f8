#include "http/connection.h"

#include <boost/asio/buffer.hpp>
#include <utility>

#include "base/clock.h"

namespace pk::http {

namespace asio = boost::asio;
using boost::system::error_code;

std::int64_t steady_ms() {
  return SystemClock().steady_ns() / 1'000'000;
}

Connection::Connection(Socket socket, const Limits& limits, Handler& handler, std::unique_ptr<TlsSession> tls,
                       const BodyMax& body_max)
    : m_socket(std::move(socket)),
      m_limits(limits),
      m_handler(handler),
      m_parser(limits, body_max),
      m_tls(std::move(tls)) {
  error_code ignored;
  m_socket.non_blocking(true, ignored);
  m_socket.set_option(asio::ip::tcp::no_delay(true), ignored);
}

Task<void> Connection::run() {
  if (m_tls) co_await shake_hands();
  while (!m_left && !m_cut) {
    const bool more = co_await read_request();
    if (!more) break;
    co_await serve_one();
    if (!m_keep_alive || m_draining) break;
  }
  co_await linger();
  close();
  // The outstanding read refers to this object: it must have come back before the end.
  while (m_reading) co_await m_input;
}

// A request may come right behind the client's part of it. What TLS says later by itself, an answer to new
// keys, goes out before the next words of ours.
Task<void> Connection::shake_hands() {
  wait_for(Wait::head);
  while (!m_left && !m_tls->is_established()) {
    arm_read();
    co_await m_input;
    co_await write({});
  }
}

// The end that TLS has of its own, or why there is nothing to be said. Who does not take it goes without.
void Connection::say_last() {
  if (!m_tls) return;
  m_tls->end();
  const std::string bytes = m_tls->take_output();
  error_code ignored;
  if (!bytes.empty()) m_socket.write_some(asio::buffer(bytes), ignored);
}

// Closing with unread bytes in the socket makes the kernel reset the connection, and the client may lose the
// answer that says why (a 413 while it still sends): take and drop what comes until it closes, within bounds.
Task<void> Connection::linger() {
  if (m_left || m_cut) co_return;
  say_last();
  error_code ignored;
  m_socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  wait_for(Wait::linger);
  std::size_t dropped = 0;
  while (!m_left && dropped < k_linger_bytes_max) {
    dropped += m_in.size();
    m_in.clear();
    m_in_at = 0;
    arm_read();
    co_await m_input;
  }
}

void Connection::drain() {
  m_draining = true;
  if (m_wait == Wait::idle) close();
}

void Connection::close() {
  m_left = true;
  if (!m_cut) say_last();
  error_code ignored;
  // A graceful close first: what was written still reaches the client. Where the close is what ends a body,
  // a cut one must end otherwise.
  if (!m_cut)
    m_socket.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  else if (m_framing == Framing::until_close)
    m_socket.set_option(asio::socket_base::linger(true, 0), ignored);
  m_socket.close(ignored);
  if (auto left = std::exchange(m_on_left, {})) left();
}

void Connection::check_deadline(std::int64_t now_ms) {
  if (m_deadline_ms != 0 && now_ms >= m_deadline_ms) close();
}

void Connection::wait_for(Wait wait) {
  m_wait = wait;
  std::int64_t wait_max = 0;
  switch (wait) {
    case Wait::idle:
      wait_max = m_limits.idle_timeout_ms;
      break;
    case Wait::head:
      wait_max = m_limits.header_timeout_ms;
      break;
    case Wait::body:
      wait_max = m_limits.body_timeout_ms;
      break;
    case Wait::write:
      wait_max = m_limits.write_timeout_ms;
      break;
    case Wait::linger:
      wait_max = k_linger_ms;
      break;
    case Wait::handler:
      break;
  }
  m_deadline_ms = wait_max == 0 ? 0 : steady_ms() + wait_max;
}

// ---- reading ----

void Connection::arm_read() {
  if (m_reading || m_left) return;
  // What a request needs is bounded by its parser; what comes behind it, here.
  if (m_serving && m_in.size() - m_in_at >= k_read_ahead_bytes_max) return;
  m_reading = true;
  m_socket.async_read_some(asio::buffer(m_incoming),
                           [this](error_code error, std::size_t bytes) { read_ended(bool(error), bytes); });
}

// False: the client has ended what it says, or says it in no way that we know.
bool Connection::take_in(std::string_view bytes) {
  if (m_tls) return m_tls->put(bytes, m_in);
  m_in.append(bytes);
  return true;
}

void Connection::read_ended(bool failed, std::size_t bytes) {
  m_reading = false;
  std::function<void()> left;
  if (failed || !take_in({m_incoming.data(), bytes})) {
    m_left = true;
    left = std::exchange(m_on_left, {});
  } else if (m_serving) {
    arm_read();
  }
  m_input.set();
  // Last: the handler may end here, and with it this connection. While one runs, nobody waits for input.
  if (left) left();
}

void Connection::on_client_left(std::function<void()> left) {
  m_on_left = std::move(left);
  if (!m_left) return;
  if (auto now = std::exchange(m_on_left, {})) now();
}

// True with a whole request (or a malformed one) in the parser; false when the client closed or was too slow.
Task<bool> Connection::read_request() {
  m_parser.reset();
  bool continued = false;
  while (true) {
    const std::size_t taken = m_parser.put(std::string_view(m_in).substr(m_in_at));
    m_in_at += taken;
    if (m_in_at == m_in.size()) m_in.clear(), m_in_at = 0;
    if (m_parser.done() || m_parser.problem()) co_return true;
    if (m_left) co_return false;
    if (!continued && m_parser.expects_continue()) {
      continued = true;
      const bool sent = co_await write("HTTP/1.1 100 Continue\r\n\r\n");
      if (!sent) co_return false;
    }
    const Wait wait = m_parser.head_done() ? Wait::body : m_parser.started() ? Wait::head : Wait::idle;
    // The time for a head counts from its first byte, not from its latest.
    if (wait != Wait::head || m_wait != Wait::head) wait_for(wait);
    if (m_in_at > 0) m_in.erase(0, m_in_at), m_in_at = 0;
    arm_read();
    co_await m_input;
  }
}

Task<void> Connection::serve_one() {
  wait_for(Wait::handler);
  begin_response();
  m_serving = true;
  arm_read();
  Request& request = m_parser.request();
  if (m_parser.problem()) {
    m_keep_alive = false;
    co_await m_handler.handle_malformed(request, *m_parser.problem(), *this);
  } else {
    co_await m_handler.handle(request, *this);
  }
  m_on_left = {};
  m_serving = false;
}

// ---- writing ----

void Connection::begin_response() {
  const Request& request = m_parser.request();
  m_is_head_request = request.method == "HEAD";
  m_http10 = request.version < 11;
  m_keep_alive = request.keep_alive && !m_draining;
  m_framing = Framing::none;
  m_head_staged = m_head_sent = false;
}

Framing Connection::framing_of(const ResponseHead& head) const {
  if (!status_has_body(head.status)) return Framing::none;
  if (head.content_length) return Framing::length;
  return m_http10 ? Framing::until_close : Framing::chunked;
}

void Connection::head(const ResponseHead& head) {
  m_framing = framing_of(head);
  m_length_left = head.content_length.value_or(0);
  if (m_framing == Framing::until_close || m_draining) m_keep_alive = false;
  append_head(m_out, head, m_framing, m_keep_alive);
  m_head_staged = true;
}

void Connection::body(std::string_view piece) {
  PK_ASSERT(m_head_staged);
  if (m_is_head_request || m_framing == Framing::none || piece.empty()) return;
  if (m_framing == Framing::chunked) {
    append_chunk(m_out, piece);
    return;
  }
  if (m_framing == Framing::length) {
    PK_ASSERT(piece.size() <= m_length_left);
    m_length_left -= piece.size();
  }
  m_out.append(piece);
}

void Connection::end() {
  PK_ASSERT(m_is_head_request || m_framing != Framing::length || m_length_left == 0);
  if (m_framing == Framing::chunked && !m_is_head_request) m_out.append("0\r\n\r\n");
}

Task<bool> Connection::flush() {
  std::string out = std::exchange(m_out, {});
  const bool sent = co_await write(out);
  out.clear();
  // Its memory serves the next answer too, unless it is much for a connection that may be idle from now on.
  if (out.capacity() <= k_kept_out_bytes_max) m_out = std::move(out);
  co_return sent;
}

void Connection::cut() {
  m_cut = true;
  m_keep_alive = false;
  m_out.clear();
}

void Connection::unstage() {
  PK_ASSERT(!m_head_sent);
  m_out.clear();
  m_head_staged = false;
}

Task<bool> Connection::write(std::string_view bytes) {
  if (m_left || m_cut) co_return false;
  if (m_head_staged) m_head_sent = true;
  std::string sealed;
  if (m_tls) {
    m_tls->say(bytes);
    sealed = m_tls->take_output();
    bytes = sealed;
  }
  const Wait before = m_wait;
  while (!bytes.empty()) {
    // Most answers fit the socket's buffer: one system call and no turn of the loop.
    error_code error;
    const std::size_t sent = m_socket.write_some(asio::buffer(bytes.data(), bytes.size()), error);
    bytes.remove_prefix(sent);
    if (error == asio::error::would_block) {
      wait_for(Wait::write);
      m_socket.async_write_some(asio::buffer(bytes.data(), bytes.size()),
                                [this](error_code failed, std::size_t written) {
                                  m_write_failed = bool(failed);
                                  m_write_bytes = written;
                                  m_written.set();
                                });
      co_await m_written;
      if (m_write_failed) m_left = true;
      bytes.remove_prefix(m_write_bytes);
    } else if (error) {
      m_left = true;
    }
    if (m_left) co_return false;
  }
  if (m_wait != before) wait_for(before);
  co_return true;
}

}  // namespace pk::http
