#include "http/server.h"

#include <netinet/in.h>
#include <unistd.h>

#include <thread>

#include "support/catch.h"
#include "support/http_client.h"
#include "support/scripted_server.h"

using namespace pk::test;
using pk::Task;
using pk::http::Limits;
using pk::http::Listener;
using pk::http::Request;
using pk::http::Responder;

namespace {

Task<void> echo_path(Request& request, Responder& responder) {
  return answer_text(responder, request.target);
}

std::string get(std::string_view target) {
  return request_text("GET", target, {}, "");
}

}  // namespace

TEST_CASE("A listener says where it is bound, and port 0 picks a free one") {
  auto first = Listener::open({"127.0.0.1", 0});
  REQUIRE(first);
  CHECK(first->bound().host == "127.0.0.1");
  CHECK(first->bound().port > 0);
  CHECK(first->socket_address().ss_family == AF_INET);
  // Every worker has one on the same port.
  const auto second = first->another();
  REQUIRE(second);
  CHECK(second->bound().port == first->bound().port);
  Listener moved = *std::move(first);
  CHECK(moved.bound().port == second->bound().port);
}

TEST_CASE("A port that another pk listens on is refused, though its workers share it") {
  const auto first = Listener::open({"127.0.0.1", 0});
  REQUIRE(first);
  const auto worker = first->another();
  REQUIRE(worker);
  const auto second = Listener::open(first->bound());
  REQUIRE_FALSE(second);
  CHECK(second.error().message.find("--listen") != std::string::npos);
}

TEST_CASE("An address that cannot be listened on is an error that names it") {
  const auto unknown = Listener::open({"no such host", 8787});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().message.find("no such host:8787") != std::string::npos);
  const auto foreign = Listener::open({"192.0.2.1", 8787});
  REQUIRE_FALSE(foreign);
  CHECK(foreign.error().message.find("192.0.2.1:8787") != std::string::npos);
}

TEST_CASE("A port that another program has is refused with what to do") {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), length) == 0);
  REQUIRE(::listen(fd, 1) == 0);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  const auto listener = Listener::open({"127.0.0.1", ntohs(address.sin_port)});
  REQUIRE_FALSE(listener);
  CHECK(listener.error().message.find("--listen") != std::string::npos);
  ::close(fd);
}

TEST_CASE("Many clients are served at the same time") {
  std::optional<LoopGate> gate;
  ScriptedServer server([&](Request& request, Responder& responder) -> Task<void> {
    if (request.target == "/wait") co_await gate->event();
    co_await answer_text(responder, request.target);
  });
  gate.emplace(server.loop());
  HttpClient waiting(server.port());
  waiting.send(get("/wait"));
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 50; ++i) clients.push_back(std::make_unique<HttpClient>(server.port()));
  for (auto& client : clients) client->send(get("/many"));
  for (auto& client : clients) CHECK(client->read_reply().body == "/many");
  CHECK(server.connections() == 51);
  gate->open();
  CHECK(waiting.read_reply().body == "/wait");
}

TEST_CASE("Past its limit of connections a server lets further ones wait") {
  Limits limits;
  limits.connections_max = 2;
  ScriptedServer server(echo_path, limits);
  auto first = std::make_unique<HttpClient>(server.port());
  auto second = std::make_unique<HttpClient>(server.port());
  for (auto* client : {first.get(), second.get()}) {
    client->send(get("/in"));
    CHECK(client->read_reply().body == "/in");
  }
  HttpClient third(server.port());
  third.send(get("/later"));
  CHECK(server.connections() == 2);
  first.reset();
  CHECK(third.read_reply().body == "/later");
}

TEST_CASE("Draining closes idle connections and lets the running one finish") {
  std::optional<LoopGate> gate;
  std::atomic<bool> started{false};
  ScriptedServer server([&](Request& request, Responder& responder) -> Task<void> {
    if (request.target == "/run") {
      started = true;
      co_await gate->event();
    }
    co_await answer_text(responder, request.target);
  });
  gate.emplace(server.loop());
  HttpClient fresh(server.port());
  HttpClient idle(server.port());
  idle.send(get("/done"));
  CHECK(idle.read_reply().body == "/done");
  HttpClient running(server.port());
  running.send(get("/run"));
  while (!started) std::this_thread::yield();

  std::future<void> drained = server.drain();
  CHECK(idle.peer_closed());
  CHECK(fresh.peer_closed());
  CHECK_THROWS(HttpClient(server.port()));
  gate->open();
  const Reply reply = running.read_reply();
  CHECK(reply.body == "/run");
  CHECK(reply.header("connection") == "close");
  running.half_close();
  drained.get();
  CHECK(server.connections() == 0);
}

TEST_CASE("What is pipelined behind a running request is not begun while draining") {
  std::optional<LoopGate> gate;
  std::atomic<bool> started{false};
  ScriptedServer server([&](Request& request, Responder& responder) -> Task<void> {
    started = true;
    co_await gate->event();
    co_await answer_text(responder, request.target);
  });
  gate.emplace(server.loop());
  HttpClient client(server.port());
  client.send(get("/first") + get("/second"));
  while (!started) std::this_thread::yield();
  std::future<void> drained = server.drain();
  gate->open();
  CHECK(client.read_reply().body == "/first");
  client.half_close();
  drained.get();
  CHECK(server.handler().handled() == 1);
}

TEST_CASE("A server without connections is drained at once") {
  ScriptedServer server(echo_path);
  server.drain().get();
  CHECK(server.connections() == 0);
}

TEST_CASE("Closing all ends running handlers: they see their clients leave") {
  std::atomic<int> running{0};
  std::atomic<int> left{0};
  ScriptedServer server([&](Request&, Responder& responder) -> Task<void> {
    pk::Event over;
    responder.on_client_left([&over] { over.set(); });
    ++running;
    co_await over;
    ++left;
    responder.cut();
  });
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(std::make_unique<HttpClient>(server.port()));
    clients.back()->send(get("/"));
  }
  while (running < 5) std::this_thread::yield();
  server.thread().run([] {});
  std::future<void> drained = server.drain();
  CHECK(left == 0);
  // As serve does when the grace is over.
  server.close_all();
  drained.get();
  CHECK(left == 5);
  for (auto& client : clients) CHECK(client->peer_closed());
}

namespace {

Limits with(std::int64_t Limits::*timeout) {
  Limits limits;
  limits.*timeout = 1;
  return limits;
}

}  // namespace

TEST_CASE("A connection that is idle for too long is closed") {
  ScriptedServer server(echo_path, with(&Limits::idle_timeout_ms));
  HttpClient fresh(server.port());
  CHECK(fresh.peer_closed());
}

TEST_CASE("A head that does not come to its end in time closes the connection, however it drips") {
  ScriptedServer server(echo_path, with(&Limits::header_timeout_ms));
  HttpClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n");
  CHECK(client.peer_closed());
  HttpClient dripping(server.port());
  bool open = true;
  while (open) open = dripping.send("GET / HTTP/1.1\r\nX-Drip: ") && !dripping.peer_closed();
  CHECK(server.handler().handled() == 0);
}

TEST_CASE("A body that stops coming closes the connection") {
  ScriptedServer server(echo_path, with(&Limits::body_timeout_ms));
  HttpClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
  CHECK(client.peer_closed());
  CHECK(server.handler().handled() == 0);
}

TEST_CASE("A client that takes nothing for too long has left") {
  std::promise<bool> gave_up;
  ScriptedServer server(
      [&](Request&, Responder& responder) -> Task<void> {
        const std::string piece(1024 * 1024, 'p');
        responder.head(pk::http::ResponseHead{});
        bool more = true;
        while (more) {
          responder.body(piece);
          more = co_await responder.flush();
        }
        responder.cut();
        gave_up.set_value(responder.client_left());
      },
      with(&Limits::write_timeout_ms));
  HttpClient client(server.port());
  client.send(get("/"));
  CHECK(gave_up.get_future().get());
  CHECK(client.peer_closed());
}
