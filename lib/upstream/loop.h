// libcurl's multi handle driven by an io_context: its sockets are watched, its one timer kept. Private to the
// room.
#pragma once

#include <curl/curl.h>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace pk::upstream {

using Executor = boost::asio::io_context::executor_type;

// Lives on its loop's thread.
class CurlLoop {
 public:
  // `finished(easy, code)` is called for each transfer that ended, outside of any curl callback; `settle`
  // after each time curl worked, when it is safe to call into curl again.
  CurlLoop(boost::asio::io_context& loop, long connections_max, std::function<void(CURL*, CURLcode)> finished,
           std::function<void()> settle);
  ~CurlLoop();

  void add(CURL* easy);
  void remove(CURL* easy);
  // Lets curl work now: after a transfer was unpaused or added.
  void kick();

  // For CURLOPT_OPENSOCKETFUNCTION and -CLOSESOCKETFUNCTION: sockets made here stay watched between requests.
  curl_socket_t open_socket(const curl_sockaddr& address);
  void close_socket(curl_socket_t fd);

 private:
  struct Watch;

  static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void*);
  static int on_timer(CURLM*, long timeout_ms, void* self);
  void want(CURL* easy, curl_socket_t fd, int what);
  void let_go(CURL* easy, curl_socket_t fd);
  void rest(CURL* easy);
  void arm(const std::shared_ptr<Watch>& watch);
  void ready(const std::shared_ptr<Watch>& watch, int events);
  void act(curl_socket_t fd, int events);
  void arm_timer();
  std::shared_ptr<Watch>& at(curl_socket_t fd);

  boost::asio::io_context& m_loop;
  CURLM* m_multi;
  std::function<void(CURL*, CURLcode)> m_finished;
  std::function<void()> m_settle;
  std::vector<std::shared_ptr<Watch>> m_watches;          // by descriptor
  std::vector<std::pair<CURL*, curl_socket_t>> m_let_go;  // in this turn of work: no longer asked for
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>, Executor>
      m_timer;
  std::chrono::steady_clock::time_point m_due = std::chrono::steady_clock::time_point::max();
  std::chrono::steady_clock::time_point m_armed = std::chrono::steady_clock::time_point::max();
  bool m_due_now = false;
  bool m_posted = false;
  bool m_stopping = false;
  // A handler that has left the timer already cannot be cancelled: it asks here whether we are still there.
  std::shared_ptr<int> m_life = std::make_shared<int>();
};

}  // namespace pk::upstream
