// An http::Server on a loop of its own, whose handler does what a test says.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "http/server.h"
#include "support/loop_thread.h"

namespace pk::test {

// A coroutine; its captures live as long as the server.
using Script = std::function<Task<void>(http::Request&, http::Responder&)>;

class ScriptedHandler final : public http::Handler {
 public:
  explicit ScriptedHandler(Script script) : m_script(std::move(script)) {}

  Task<void> handle(http::Request& request, http::Responder& responder) override {
    ++m_handled;
    return m_script(request, responder);
  }
  // Answers with the problem's status and reason.
  Task<void> handle_malformed(http::Request&, const http::Malformed& problem,
                              http::Responder& responder) override {
    ++m_malformed;
    http::ResponseHead head;
    head.status = problem.status;
    head.content_length = problem.reason.size();
    responder.head(head);
    responder.body(problem.reason);
    responder.end();
    co_await responder.flush();
  }

  int handled() const { return m_handled; }
  int malformed() const { return m_malformed; }

 private:
  const Script m_script;
  std::atomic<int> m_handled{0};
  std::atomic<int> m_malformed{0};
};

// 200 with a length.
inline Task<void> answer_text(http::Responder& responder, std::string text) {
  http::ResponseHead head;
  head.headers = {{"content-type", "text/plain"}};
  head.content_length = text.size();
  responder.head(head);
  responder.body(text);
  responder.end();
  co_await responder.flush();
}

class ScriptedServer {
 public:
  explicit ScriptedServer(Script script, const http::Limits& limits = {},
                          std::shared_ptr<const http::TlsContext> tls = {})
      : m_handler(std::move(script)) {
    auto listener = http::Listener::open({"127.0.0.1", 0});
    m_port = listener.value().bound().port;
    m_server.emplace(m_loop.loop(), *std::move(listener), limits, m_handler);
    m_server->set_tls(std::move(tls));
    m_loop.run([this] { m_server->start(); });
  }
  // Closes what is open and waits for the handlers to end.
  ~ScriptedServer() {
    close_all();
    drain().get();
    m_loop.stop();
  }

  int port() const { return m_port; }
  LoopThread& thread() { return m_loop; }
  boost::asio::io_context& loop() { return m_loop.loop(); }
  const ScriptedHandler& handler() const { return m_handler; }
  std::size_t connections() {
    return m_loop.run([this] { return m_server->connections(); });
  }
  void set_tls(std::shared_ptr<const http::TlsContext> tls) {
    m_loop.run([&] { m_server->set_tls(std::move(tls)); });
  }
  void close_all() {
    m_loop.run([this] { m_server->close_all(); });
  }
  // Ready when no connection is left.
  std::future<void> drain() {
    auto promise = std::make_shared<std::promise<void>>();
    std::future<void> drained = promise->get_future();
    m_loop.run([this, promise] { m_server->drain([promise] { promise->set_value(); }); });
    return drained;
  }

 private:
  ScriptedHandler m_handler;
  LoopThread m_loop;
  std::optional<http::Server> m_server;
  int m_port = 0;
};

}  // namespace pk::test
