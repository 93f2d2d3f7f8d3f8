// A connection over real loopback sockets: the test is the client, byte for byte.
#include "http/connection.h"

#include <sys/socket.h>

#include <cerrno>

#include "support/catch.h"
#include "support/http_client.h"
#include "support/scripted_server.h"

using namespace pk::test;
using pk::Event;
using pk::Task;
using pk::http::Limits;
using pk::http::Request;
using pk::http::Responder;
using pk::http::ResponseHead;

namespace {

// The path as the answer's body.
Task<void> echo_path(Request& request, Responder& responder) {
  return answer_text(responder, request.target);
}

Task<void> echo_body(Request& request, Responder& responder) {
  return answer_text(responder, std::move(request.body));
}

std::string get(std::string_view target, const HeaderList& headers = {}) {
  return request_text("GET", target, headers, "");
}

ResponseHead head_of(int status, std::optional<std::uint64_t> length = {}) {
  ResponseHead head;
  head.status = status;
  head.content_length = length;
  return head;
}

// Reads to the end of the connection. Whether it ended with a reset.
bool ends_with_reset(HttpClient& client, std::string& read) {
  char buffer[4096];
  ssize_t got = 0;
  while ((got = ::recv(client.fd(), buffer, sizeof buffer, 0)) > 0)
    read.append(buffer, static_cast<std::size_t>(got));
  return got < 0 && errno == ECONNRESET;
}

}  // namespace

TEST_CASE("A connection serves one request after the other") {
  ScriptedServer server(echo_path);
  HttpClient client(server.port());
  for (const char* path : {"/a", "/b?c=d", "/e"}) {
    client.send(get(path));
    const Reply reply = client.read_reply();
    CHECK(reply.whole);
    CHECK(reply.status == 200);
    CHECK(reply.body == path);
    CHECK(reply.header("connection") == "keep-alive");
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("Ten requests sent at once are answered in their order") {
  ScriptedServer server(echo_path);
  HttpClient client(server.port());
  std::string all;
  for (int i = 0; i < 10; ++i) all += get("/" + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 10; ++i) CHECK(client.read_reply().body == "/" + std::to_string(i));
}

TEST_CASE("Pipelined requests with bodies are told apart wherever they are cut") {
  ScriptedServer server(echo_body);
  HttpClient client(server.port());
  std::string all;
  for (int i = 0; i < 3; ++i)
    all += request_text("POST", "/", {}, "body " + std::to_string(i)) +
           "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (const char byte : all) client.send({&byte, 1});
  for (int i = 0; i < 3; ++i) {
    CHECK(client.read_reply().body == "body " + std::to_string(i));
    CHECK(client.read_reply().body == "abc");
  }
}

TEST_CASE("A request that comes while another is served waits for its turn") {
  std::optional<LoopGate> gate;
  ScriptedServer server([&](Request& request, Responder& responder) -> Task<void> {
    if (request.target == "/first") co_await gate->event();
    co_await answer_text(responder, request.target);
  });
  gate.emplace(server.loop());
  HttpClient client(server.port());
  client.send(get("/first"));
  client.send(get("/second"));
  client.send(get("/third"));
  gate->open();
  CHECK(client.read_reply().body == "/first");
  CHECK(client.read_reply().body == "/second");
  CHECK(client.read_reply().body == "/third");
}

TEST_CASE("A body of many reads arrives whole and goes back whole") {
  ScriptedServer server(echo_body);
  const std::string body(5'000'000, 'b');
  CHECK(request(server.port(), "POST", "/", {}, body).body == body);
}

TEST_CASE("A head larger than what is read ahead is served if the limit allows it") {
  Limits limits;
  limits.header_bytes_max = 4 * pk::http::k_read_ahead_bytes_max;
  ScriptedServer server(echo_path, limits);
  const std::string value(3 * pk::http::k_read_ahead_bytes_max, 'v');
  CHECK(request(server.port(), "GET", "/large", {{"X-Large", value}}).body == "/large");
}

TEST_CASE("The client's wish to close is met, and what HTTP/1.0 has by default") {
  ScriptedServer server(echo_path);
  for (const std::string& text :
       {get("/bye", {{"Connection", "close"}}), std::string("GET /bye HTTP/1.0\r\n\r\n")}) {
    HttpClient client(server.port());
    client.send(text);
    const Reply reply = client.read_reply();
    CHECK(reply.body == "/bye");
    CHECK(reply.header("connection") == "close");
    CHECK(client.peer_closed());
  }
  HttpClient stays(server.port());
  for (int i = 0; i < 2; ++i) {
    stays.send("GET /again HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const Reply reply = stays.read_reply();
    CHECK(reply.body == "/again");
    CHECK(reply.header("connection") == "keep-alive");
  }
}

TEST_CASE("A body of unknown length goes in chunks, to HTTP/1.0 until the connection closes") {
  ScriptedServer server([](Request&, Responder& responder) -> Task<void> {
    responder.head(head_of(200));
    for (const char* piece : {"one ", "", "two ", "three"}) {
      responder.body(piece);
      co_await responder.flush();
    }
    responder.end();
    co_await responder.flush();
  });
  HttpClient newer(server.port());
  newer.send(get("/"));
  const Reply chunked = newer.read_reply();
  CHECK(chunked.whole);
  CHECK(chunked.header("transfer-encoding") == "chunked");
  CHECK(chunked.body == "one two three");

  HttpClient older(server.port());
  older.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const Reply until_close = older.read_reply();
  CHECK(until_close.whole);
  CHECK(until_close.header("transfer-encoding").empty());
  CHECK(until_close.header("connection") == "close");
  CHECK(until_close.body == "one two three");
}

TEST_CASE("A reply to HEAD has the head alone, and the next one follows it") {
  ScriptedServer server([](Request& request, Responder& responder) -> Task<void> {
    responder.head(request.target == "/length" ? head_of(200, 4) : head_of(200));
    responder.body("body");
    responder.end();
    co_await responder.flush();
  });
  HttpClient client(server.port());
  client.send("HEAD /length HTTP/1.1\r\nHost: a\r\n\r\n");
  const Reply length = client.read_reply(true);
  CHECK(length.header("content-length") == "4");
  client.send("HEAD /chunks HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.read_reply(true).header("transfer-encoding") == "chunked");
  client.send(get("/length"));
  CHECK(client.read_reply().body == "body");
}

TEST_CASE("A status without a body has neither body nor length") {
  for (const int status : {204, 304}) {
    ScriptedServer server([status](Request&, Responder& responder) -> Task<void> {
      responder.head(head_of(status, 4));
      responder.body("body");
      responder.end();
      co_await responder.flush();
    });
    HttpClient client(server.port());
    client.send(get("/") + get("/"));
    for (int i = 0; i < 2; ++i) {
      const Reply reply = client.read_reply();
      CHECK(reply.status == status);
      CHECK(reply.header("content-length").empty());
      CHECK(reply.header("transfer-encoding").empty());
    }
  }
}

TEST_CASE("An answer that is cut never looks whole") {
  ScriptedServer server([](Request& request, Responder& responder) -> Task<void> {
    responder.head(request.target == "/length" ? head_of(200, 100) : head_of(200));
    responder.body("some");
    co_await responder.flush();
    responder.body("never sent");
    responder.cut();
    co_await responder.flush();
  });
  for (const char* path : {"/length", "/chunks"}) {
    HttpClient client(server.port());
    client.send(get(path));
    const Reply reply = client.read_reply();
    CHECK_FALSE(reply.whole);
    CHECK(reply.body == "some");
  }
  // Where the end of the connection is the end of the body, a cut one ends with a reset.
  HttpClient older(server.port());
  older.send("GET / HTTP/1.0\r\n\r\n");
  std::string read;
  CHECK(ends_with_reset(older, read));
  CHECK(read.find("never") == std::string::npos);
}

TEST_CASE("A head that was not sent can be taken back for another answer") {
  std::atomic<int> sent_early{0}, sent_late{0};
  ScriptedServer server([&](Request&, Responder& responder) -> Task<void> {
    responder.head(head_of(200, 100));
    responder.body("the first answer");
    sent_early += responder.head_sent();
    responder.unstage();
    responder.head(head_of(502, 6));
    responder.body("second");
    responder.end();
    co_await responder.flush();
    sent_late += responder.head_sent();
  });
  HttpClient client(server.port());
  for (int i = 0; i < 2; ++i) {
    client.send(get("/"));
    const Reply reply = client.read_reply();
    CHECK(reply.status == 502);
    CHECK(reply.body == "second");
  }
  server.thread().run([] {});
  CHECK(sent_early == 0);
  CHECK(sent_late == 2);
}

TEST_CASE("A malformed request is answered with its reason, and the connection closes") {
  Limits limits;
  limits.header_bytes_max = 1000;
  ScriptedServer server(echo_path, limits);
  const std::vector<std::pair<std::string, int>> cases = {
      {"nonsense\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nX: " + std::string(2000, 'x'), 431},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999\r\n\r\n", 413},
  };
  for (const auto& [bytes, status] : cases) {
    HttpClient client(server.port());
    client.send(bytes);
    const Reply reply = client.read_reply();
    CHECK(reply.whole);
    CHECK(reply.status == status);
    CHECK(reply.header("connection") == "close");
    client.half_close();
    CHECK(client.peer_closed());
  }
  CHECK(server.handler().malformed() == static_cast<int>(cases.size()));
  CHECK(server.handler().handled() == 0);
}

TEST_CASE("What follows a malformed request is not served") {
  ScriptedServer server(echo_path);
  HttpClient client(server.port());
  client.send(get("/good") + "bad\r\n\r\n" + get("/smuggled"));
  CHECK(client.read_reply().body == "/good");
  CHECK(client.read_reply().status == 400);
  client.half_close();
  CHECK(client.peer_closed());
  CHECK(server.handler().handled() == 1);
}

TEST_CASE("A client that still sends its too large body gets the answer that says so") {
  Limits limits;
  limits.body_bytes_max = 1000;
  ScriptedServer server(echo_path, limits);
  HttpClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n");
  CHECK(client.send(std::string(3'000'000, 'b')));
  const Reply reply = client.read_reply();
  CHECK(reply.whole);
  CHECK(reply.status == 413);
}

TEST_CASE("A client that asks first is told to go on, once") {
  ScriptedServer server(echo_body);
  HttpClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.read_some() == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("bo");
  client.send("dy");
  CHECK(client.read_some().starts_with("HTTP/1.1 200 OK\r\n"));

  HttpClient impatient(server.port());
  impatient.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nbody");
  CHECK(impatient.read_some().starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("A client that asks first with too large a body is refused before it sends it") {
  Limits limits;
  limits.body_bytes_max = 1000;
  ScriptedServer server(echo_body, limits);
  HttpClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.read_some().starts_with("HTTP/1.1 413 "));
}

namespace {

// Waits until the client leaves, and says in which way the handler saw it.
struct LeftWatch {
  explicit LeftWatch(bool register_late = false) : late(register_late) {}

  Task<void> operator()(Request&, Responder& responder) {
    Event left;
    if (!late) responder.on_client_left([&left] { left.set(); });
    ++started;
    if (late) {
      co_await go_on;
      responder.on_client_left([&left] { left.set(); });
    }
    co_await left;
    client_left = responder.client_left();
    responder.head(ResponseHead{});
    responder.end();
    flushed = co_await responder.flush();
    done.set_value();
  }

  const bool late;
  Event go_on;
  std::atomic<int> started{0};
  bool client_left = false;
  bool flushed = true;
  std::promise<void> done;
};

Script script_of(LeftWatch& watch) {
  return [&watch](Request& request, Responder& responder) { return watch(request, responder); };
}

}  // namespace

TEST_CASE("A handler learns at once that its client has left, and what it sends goes nowhere") {
  enum class How { close, reset, half_close };
  for (const How how : {How::close, How::reset, How::half_close}) {
    LeftWatch watch;
    ScriptedServer server(script_of(watch));
    HttpClient client(server.port());
    client.send(get("/"));
    if (how == How::close) ::shutdown(client.fd(), SHUT_RDWR);
    if (how == How::reset) client.abort();
    if (how == How::half_close) client.half_close();
    watch.done.get_future().get();
    CHECK(watch.client_left);
    CHECK_FALSE(watch.flushed);
    server.drain().get();
    CHECK(server.connections() == 0);
  }
}

TEST_CASE("A client that leaves after it sent more requests is noticed too") {
  LeftWatch watch;
  ScriptedServer server(script_of(watch));
  HttpClient client(server.port());
  client.send(get("/"));
  while (watch.started == 0) std::this_thread::yield();
  client.send(get("/second"));
  server.thread().run([] {});
  client.send(get("/third"));
  server.thread().run([] {});
  client.abort();
  watch.done.get_future().get();
  CHECK(watch.started == 1);
}

TEST_CASE("A handler that asks late is told that its client has left already") {
  LeftWatch watch(true);
  ScriptedServer server(script_of(watch));
  {
    HttpClient client(server.port());
    client.send(get("/"));
    while (watch.started == 0) std::this_thread::yield();
  }
  server.drain();
  // The end of the client is behind nothing else: once the loop has looked, it has been seen.
  for (int i = 0; i < 10; ++i) server.thread().run([] {});
  server.thread().run([&] { watch.go_on.set(); });
  watch.done.get_future().get();
  CHECK(watch.client_left);
}

TEST_CASE("A handler that ends when its client leaves takes its connection with it") {
  std::promise<void> over;
  {
    ScriptedServer server([&](Request&, Responder& responder) -> Task<void> {
      Event left;
      responder.on_client_left([&left] { left.set(); });
      responder.head(ResponseHead{});
      responder.body("something");
      co_await responder.flush();
      co_await left;
      responder.cut();
      over.set_value();
    });
    HttpClient client(server.port());
    client.send(get("/"));
    CHECK(client.read_until("something") == "something");
    client.abort();
    over.get_future().get();
    CHECK(server.connections() == 0);
  }
}

TEST_CASE("A slow reader holds its handler back") {
  constexpr std::size_t k_piece = 64 * 1024;
  constexpr std::size_t k_total = 64 * 1024 * 1024;
  constexpr std::size_t k_socket_buffers_max = 48 * 1024 * 1024;  // the kernel's, on both sides
  std::atomic<std::size_t> produced{0};
  ScriptedServer server([&](Request&, Responder& responder) -> Task<void> {
    const std::string piece(k_piece, 'p');
    responder.head(head_of(200, k_total));
    for (std::size_t sent = 0; sent < k_total; sent += k_piece) {
      responder.body(piece);
      produced += k_piece;
      const bool more = co_await responder.flush();
      if (!more) co_return;
    }
    responder.end();
    co_await responder.flush();
  });
  HttpClient client(server.port(), 64 * 1024);
  client.send(get("/"));
  std::size_t read = 0;
  std::size_t ahead_max = 0;
  for (std::string bytes = client.read_some(); !bytes.empty(); bytes = client.read_some()) {
    read += bytes.size();
    ahead_max = std::max(ahead_max, produced - std::min(read, produced.load()));
    if (read >= k_total) break;
  }
  CHECK(read >= k_total);
  CHECK(ahead_max < k_socket_buffers_max);
}

TEST_CASE("What a client sends ahead of its turn is bounded") {
  constexpr std::size_t k_much = 64 * 1024 * 1024;
  std::optional<LoopGate> gate;
  ScriptedServer server([&](Request& request, Responder& responder) -> Task<void> {
    co_await gate->event();
    co_await answer_text(responder, request.target);
  });
  gate.emplace(server.loop());
  HttpClient client(server.port());
  client.send(get("/"));
  const std::string piece(256 * 1024, 'x');
  std::size_t sent = 0;
  for (int i = 0; i < 2000 && sent < k_much; ++i) {
    const ssize_t n = ::send(client.fd(), piece.data(), piece.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0) sent += static_cast<std::size_t>(n);
    server.thread().run([] {});  // the server has read what it wants to
  }
  CHECK(sent < k_much);
  gate->open();
  CHECK(client.read_reply().body == "/");
}
