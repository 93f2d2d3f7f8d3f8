// One downstream connection: reads requests one after the other, hands each to the handler, writes the
// answer. Lives on one worker thread.
//
// One read is always outstanding while a request is served: what it brings is the next request (pipelining)
// or the news that the client has left. So noticing a disconnect costs no system call of its own.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/task.h"
#include "http/handler.h"
#include "http/head_writer.h"
#include "http/limits.h"
#include "http/request_parser.h"
#include "http/tls.h"

namespace pk::http {

using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

class Connection final : private Responder {
 public:
  // `tls`: what the client has to speak; null: plain HTTP.
  Connection(Socket socket, const Limits& limits, Handler& handler, std::unique_ptr<TlsSession> tls = {},
             const BodyMax& body_max = {});

  // Serves until either side is done; ends with the socket closed and nothing outstanding.
  Task<void> run();

  // No further request after the one being served; an idle connection closes now.
  void drain();
  // Closes the socket; the handler sees the client leave, run() ends through the loop.
  void close();
  // Closes if the time for what it is waiting for is over. `now_ms` is steady time.
  void check_deadline(std::int64_t now_ms);

 private:
  enum class Wait { idle, head, body, handler, write, linger };

  void head(const ResponseHead& head) override;
  void body(std::string_view piece) override;
  void end() override;
  Task<bool> flush() override;
  void cut() override;
  void unstage() override;
  bool head_sent() const override { return m_head_sent; }
  bool client_left() const override { return m_left; }
  void on_client_left(std::function<void()> left) override;

  Task<void> shake_hands();
  Task<bool> read_request();
  Task<void> serve_one();
  Task<void> linger();
  Task<bool> write(std::string_view bytes);
  void say_last();
  void arm_read();
  void read_ended(bool failed, std::size_t bytes);
  bool take_in(std::string_view bytes);
  void wait_for(Wait wait);
  void begin_response();
  Framing framing_of(const ResponseHead& head) const;

  Socket m_socket;
  const Limits& m_limits;
  Handler& m_handler;
  RequestParser m_parser;
  const std::unique_ptr<TlsSession> m_tls;

  std::string m_in;  // received, not yet parsed
  std::size_t m_in_at = 0;
  std::array<char, k_read_bytes> m_incoming;
  bool m_reading = false;
  bool m_serving = false;  // a handler runs
  Event m_input;

  std::string m_out;  // staged
  Event m_written;
  bool m_write_failed = false;
  std::size_t m_write_bytes = 0;

  Wait m_wait = Wait::idle;
  std::int64_t m_deadline_ms = 0;
  bool m_left = false;
  bool m_draining = false;
  std::function<void()> m_on_left;

  // Of the response being written.
  Framing m_framing = Framing::none;
  std::uint64_t m_length_left = 0;
  bool m_is_head_request = false;
  bool m_http10 = false;
  bool m_keep_alive = true;
  bool m_head_staged = false;
  bool m_head_sent = false;
  bool m_cut = false;
};

// Steady milliseconds for deadlines.
std::int64_t steady_ms();

}  // namespace pk::http
