// Calls over plain connections, and the pool behind them: what is used again, what is asked anew, and what is
// left behind when a call goes.
#include "upstream/plain_call.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "upstream/fixture.h"
#include "upstream/peer.h"

using namespace pk::test;
using namespace std::chrono_literals;
using pk::Errc;
using pk::Task;
using pk::upstream::Call;
using pk::upstream::k_idle_max;
using pk::upstream::k_read_bytes;
using pk::upstream::Options;
using pk::upstream::PlainCarrier;
using pk::upstream::Request;
using pk::upstream::RunningCalls;

namespace {

Options plain() {
  Options options = ClientThread::trusting();
  options.curl_for_http = false;
  return options;
}

std::string answer_of(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// A call that is read while the test's thread plays its provider.
class Reading {
 public:
  Reading(ClientThread& client, Request request) : m_client(client) {
    m_client.thread().run([&] {
      m_call = m_client.client().start(std::move(request));
      read(*m_call, m_over).detach();
    });
  }
  Reading(ClientThread& client, const PeerListener& listener)
      : Reading(client, ClientThread::request_to(listener.url())) {}
  ~Reading() {
    m_client.thread().run([&] {
      if (m_call) m_call->cancel();
      m_call.reset();
    });
  }
  Fetched wait() { return m_over.get_future().get(); }

 private:
  static Task<void> read(Call& call, std::promise<Fetched>& over) {
    Fetched fetched = co_await read_all(call);
    over.set_value(std::move(fetched));
  }

  ClientThread& m_client;
  std::unique_ptr<Call> m_call;
  std::promise<Fetched> m_over;
};

// One exchange; the connection that it leaves to the pool.
Peer warm(ClientThread& client, PeerListener& listener) {
  Reading reading(client, listener);
  Peer peer = listener.accept();
  peer.read_head();
  peer.write(answer_of("warm"));
  CHECK(reading.wait().body == "warm");
  return peer;
}

// A pool of its own, on a loop of its own.
class Pool {
 public:
  explicit Pool(Options options = plain()) : m_options(std::move(options)) {
    m_thread.run([&] { m_carrier.emplace(m_thread.loop(), m_options); });
  }
  ~Pool() {
    m_thread.run([&] { m_carrier.reset(); });
    m_thread.stop();
  }
  std::string get(const std::string& url) {
    return m_thread.await([&]() -> Task<std::string> {
      const auto call = m_carrier->start(m_running, ClientThread::request_to(url));
      const Fetched fetched = co_await read_all(*call);
      co_return fetched.body;
    });
  }
  void prune(std::chrono::steady_clock::time_point now) {
    m_thread.run([&] { m_carrier->prune(now); });
  }
  LoopThread& thread() { return m_thread; }
  PlainCarrier& carrier() { return *m_carrier; }  // on the loop's thread

 private:
  Options m_options;
  RunningCalls m_running;
  LoopThread m_thread;
  std::optional<PlainCarrier> m_carrier;
};

}  // namespace

TEST_CASE("A connection is used again once its answer is whole, whatever its framing") {
  ClientThread client(plain());
  FakeUpstream upstream;
  const std::vector<Answer> answers = {
      Answer::json(200, "{}"), Answer::sse({"a", "b"}), Answer::script().head(204, {}),
      Answer::script().head(200, {{"Content-Length", "0"}}),
      Answer::script().bytes("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok")};
  for (const Answer& answer : answers) {
    upstream.next(answer);
    CHECK(client.get(upstream.url()).whole());
  }
  CHECK(client.get(upstream.url()).whole());
  CHECK(upstream.connection_count() == 1);
}

TEST_CASE("A connection is not used again when the answer says so, or its end is the answer's") {
  ClientThread client(plain());
  FakeUpstream upstream;
  upstream.next(
      Answer::script().head(200, {{"Content-Length", "2"}, {"Connection", "close"}}).bytes("ok").hang());
  CHECK(client.get(upstream.url()).body == "ok");
  upstream.wait_peer_left(1);
  upstream.next(Answer::script().head(200, {}).bytes("ok").close());
  CHECK(client.get(upstream.url()).body == "ok");
  CHECK(client.get(upstream.url()).body == chat_body());
  CHECK(upstream.connection_count() == 3);
}

TEST_CASE("Connections are not shared between hosts, however alike") {
  ClientThread client(plain());
  FakeUpstream upstream, other;
  client.get(upstream.url());
  client.get(other.url());
  client.get("http://localhost:" + std::to_string(upstream.port()) + "/");
  CHECK(upstream.connection_count() == 2);
  CHECK(other.connection_count() == 1);
}

TEST_CASE("A connection that was closed while it was idle is not used") {
  PeerListener listener;
  ClientThread client(plain());
  warm(client, listener).close();
  Reading reading(client, listener);
  Peer peer = listener.accept();
  peer.read_head();
  peer.write(answer_of("two"));
  CHECK(reading.wait().body == "two");
}

TEST_CASE("A connection that ends under the next request is replaced by a new one, with the whole request") {
  const bool resets = GENERATE(false, true);
  PeerListener listener;
  ClientThread client(plain());
  Peer stale = warm(client, listener);
  const std::string body(300'000, 'b');
  Request request = ClientThread::request_to(listener.url(), "POST");
  request.body = body;
  Reading reading(client, request);
  stale.read_head();
  resets ? stale.reset() : stale.close();
  Peer fresh = listener.accept();
  CHECK(fresh.read_head().starts_with("POST /v1 "));
  CHECK(fresh.read_exactly(body.size()) == body);
  SECTION("which answers") {
    fresh.write(answer_of("two"));
    CHECK(reading.wait().body == "two");
  }
  SECTION("which is not replaced again") {
    fresh.close();
    CHECK(reading.wait().head_error.value().code == Errc::upstream);
    CHECK_FALSE(listener.has_caller());
  }
}

TEST_CASE("What was answered in part is not asked again") {
  const std::string begun =
      GENERATE("H", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nso");
  PeerListener listener;
  ClientThread client(plain());
  Peer peer = warm(client, listener);
  Reading reading(client, listener);
  peer.read_head();
  peer.write(begun);
  peer.close();
  const Fetched fetched = reading.wait();
  CHECK((fetched.head_error ? *fetched.head_error : fetched.body_error.value()).code == Errc::upstream);
  CHECK_FALSE(listener.has_caller());
}

TEST_CASE("What was sent on a new connection, or waited for too long, is not asked again") {
  const bool is_new = GENERATE(true, false);
  PeerListener listener;
  Options options = plain();
  if (!is_new) options.limits.ask_again_ms = 0;
  ClientThread client(options);
  std::optional<Peer> peer;
  if (!is_new) peer.emplace(warm(client, listener));
  Reading reading(client, listener);
  if (is_new) peer.emplace(listener.accept());
  peer->read_head();
  peer->close();
  CHECK(reading.wait().head_error.value().code == Errc::upstream);
  CHECK_FALSE(listener.has_caller());
}

TEST_CASE("Bytes that nobody asked for are nobody's answer") {
  const std::string poison = answer_of("poison");
  PeerListener listener;
  ClientThread client(plain());
  SECTION("behind an answer, in one read") {
    Reading reading(client, listener);
    Peer peer = listener.accept();
    peer.read_head();
    peer.write(answer_of("one") + poison);
    CHECK(reading.wait().body == "one");
    CHECK(peer.read() != "again");
  }
  SECTION("behind an answer, in the next read") {
    // The answer fills the buffer, and who gets it asks again before the loop turns.
    const std::string head =
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(k_read_bytes - 42) + "\r\n\r\n";
    REQUIRE(head.size() == 42);
    std::promise<std::string> second;
    std::unique_ptr<Call> call, next;
    client.thread().run([&] {
      call = client.client().start(ClientThread::request_to(listener.url()));
      [](ClientThread& c, const PeerListener& l, Call& first, std::unique_ptr<Call>& then,
         std::promise<std::string>& told) -> Task<void> {
        const Fetched one = co_await read_all(first);
        then = c.client().start(ClientThread::request_to(l.url()));
        const Fetched two = co_await read_all(*then);
        told.set_value(two.body);
      }(client, listener, *call, next, second)
                                                 .detach();
    });
    Peer peer = listener.accept();
    peer.read_head();
    client.thread().run([&] { peer.write_through(head + std::string(k_read_bytes - 42, 'x') + poison); });
    Peer fresh = listener.accept();
    fresh.read_head();
    fresh.write(answer_of("two"));
    CHECK(second.get_future().get() == "two");
    client.thread().run([&] { call.reset(), next.reset(); });
  }
  SECTION("while it was idle, not yet told") {
    Peer peer = warm(client, listener);
    std::unique_ptr<Call> call;
    client.thread().run([&] {
      peer.write_through(poison);
      call = client.client().start(ClientThread::request_to(listener.url()));
    });
    Peer fresh = listener.accept();
    fresh.read_head();
    fresh.write(answer_of("two"));
    const Fetched fetched = client.thread().await([&] { return read_all(*call); });
    CHECK(fetched.body == "two");
    client.thread().run([&] { call.reset(); });
  }
}

TEST_CASE("A host that is no longer trusted is not called on a connection of before") {
  FakeUpstream upstream;
  ClientThread client(plain());
  CHECK(client.get(upstream.url()).whole());
  Request request = ClientThread::request_to(upstream.url());
  request.trust = pk::config::Trust::none;
  CHECK(client.send(request).head_error.value().code == Errc::unauthorized);
  CHECK(upstream.seen_count() == 1);
}

TEST_CASE("A name's other addresses are tried, and an IPv6 address is one") {
  FakeUpstream upstream;
  ClientThread client(plain());
  CHECK(client.get("http://localhost:" + std::to_string(upstream.port()) + "/").whole());
  PeerListener six("::1");
  if (!six.valid()) {
    WARN("no IPv6 here");
    return;
  }
  const std::string authority = "[::1]:" + std::to_string(six.port());
  Reading reading(client, ClientThread::request_to("http://" + authority + "/"));
  Peer peer = six.accept();
  CHECK(peer.read_head().find("\r\nHost: " + authority + "\r\n") != std::string::npos);
  peer.write(answer_of("six"));
  CHECK(reading.wait().body == "six");
}

TEST_CASE("A provider that does not take the connection in time is a timeout that says so") {
  Options options = plain();
  options.limits.connect_timeout_ms = 1;
  ClientThread client(options);
  DeadListener dead;
  const Fetched fetched = client.get("http://127.0.0.1:" + std::to_string(dead.port()) + "/");
  REQUIRE(fetched.head_error);
  CHECK(fetched.head_error->code == Errc::timeout);
  CHECK(fetched.head_error->message == "could not connect to the provider in time");
}

TEST_CASE("A large request waits for its reader, while the answer may come already") {
  std::string body;
  for (int i = 0; body.size() < 5'000'000; ++i) body += std::to_string(i);
  PeerListener listener;
  ClientThread client(plain());
  Request request = ClientThread::request_to(listener.url(), "POST");
  request.body = body;
  Reading reading(client, request);
  Peer peer = listener.accept();
  CHECK(peer.read_head().find("Content-Length: " + std::to_string(body.size())) != std::string::npos);
  peer.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfi");
  std::string got;
  while (got.size() < body.size()) got += peer.read(100'000);
  CHECK(got == body);
  peer.write("ne");
  CHECK(reading.wait().body == "fine");
}

TEST_CASE("An answer before the request was sent whole is an answer, and the last one there") {
  const std::string body(20'000'000, 'b');
  PeerListener listener;
  ClientThread client(plain());
  Request request = ClientThread::request_to(listener.url(), "POST");
  request.body = body;
  Reading reading(client, request);
  Peer peer = listener.accept();
  peer.read_head();
  peer.write("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
  SECTION("from a peer that stays") {
    const Fetched fetched = reading.wait();
    CHECK(fetched.status == 413);
    CHECK(fetched.body == "big");
    std::string some = peer.read();
    while (!some.empty() && some != "reset") some = peer.read();
  }
  SECTION("from a peer that leaves") {
    peer.close();
    const Fetched fetched = reading.wait();
    CHECK(fetched.status == 413);
    CHECK(fetched.body == "big");
  }
}

TEST_CASE("What came before an answer broke is given first") {
  PeerListener listener;
  ClientThread client(plain());
  Reading reading(client, listener);
  Peer peer = listener.accept();
  peer.read_head();
  peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\nzz\r\n");
  const Fetched fetched = reading.wait();
  CHECK(fetched.status == 200);
  CHECK(fetched.body == "some");
  CHECK(fetched.body_error.value().code == Errc::upstream);
  CHECK(peer.read().empty());
}

TEST_CASE("A body without length that a reset cuts is not whole") {
  PeerListener listener;
  ClientThread client(plain());
  Reading reading(client, listener);
  Peer peer = listener.accept();
  peer.read_head();
  peer.write("HTTP/1.1 200 OK\r\n\r\nsome");
  peer.reset();
  const Fetched fetched = reading.wait();
  CHECK((fetched.head_error || fetched.body_error));
}

TEST_CASE("A call may be destroyed in any state, and leaves nothing behind") {
  ClientThread client(plain());
  PeerListener listener;
  std::unique_ptr<Call> call;
  const std::string body(20'000'000, 'b');
  Request request = ClientThread::request_to(listener.url());
  const auto start = [&] { client.thread().run([&] { call = client.client().start(request); }); };
  const auto destroy = [&] { client.thread().run([&] { call.reset(); }); };
  SECTION("its name is being resolved") {
    request.url = "http://no-such-host.invalid/";
    client.thread().run([&] { (void)client.client().start(request); });
  }
  SECTION("it is being connected") {
    DeadListener dead;
    request.url = "http://127.0.0.1:" + std::to_string(dead.port()) + "/";
    start();
    destroy();
  }
  SECTION("it is being sent") {
    request.method = "POST";
    request.body = body;
    start();
    Peer peer = listener.accept();
    peer.read_head();
    destroy();
    std::string some = peer.read();
    while (!some.empty() && some != "reset") some = peer.read();
  }
  SECTION("it waits for an answer") {
    start();
    Peer peer = listener.accept();
    peer.read_head();
    destroy();
    CHECK(peer.read().empty());
  }
  SECTION("it waits for the rest of one") {
    start();
    Peer peer = listener.accept();
    peer.read_head();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome");
    client.thread().await([&]() -> Task<void> { auto head = co_await call->head(); });
    destroy();
    CHECK(peer.read().empty());
  }
  SECTION("it waits for its reader") {
    FakeUpstream flooding;
    flooding.next(
        Answer::script().head(200, {{"Transfer-Encoding", "chunked"}}).flood(1u << 30).last_chunk());
    request.url = flooding.url();
    start();
    client.thread().await([&]() -> Task<void> { auto head = co_await call->head(); });
    destroy();
    flooding.wait_peer_left(1);
  }
  SECTION("it is over") {
    FakeUpstream upstream;
    request.url = upstream.url();
    start();
    client.thread().await([&]() -> Task<void> { (void)co_await read_all(*call); });
    destroy();
    CHECK(client.get(upstream.url()).whole());
    CHECK(upstream.connection_count() == 1);
  }
  FakeUpstream upstream;
  CHECK(client.get(upstream.url()).body == chat_body());
}

TEST_CASE("The pool keeps as many connections as it may, and those used last") {
  Options options = plain();
  options.limits.connections_max = 2;
  Pool pool(options);
  FakeUpstream one, two, three;
  for (const FakeUpstream* upstream : {&one, &two, &one, &three})
    CHECK(pool.get(upstream->url()) == chat_body());
  two.wait_peer_left(1);
  for (const FakeUpstream* upstream : {&one, &three}) CHECK(pool.get(upstream->url()) == chat_body());
  CHECK(one.connection_count() == 1);
  CHECK(two.connection_count() == 1);
  CHECK(three.connection_count() == 1);
}

TEST_CASE("A pool that may keep nothing keeps nothing") {
  Options options = plain();
  options.limits.connections_max = 0;
  Pool pool(options);
  FakeUpstream upstream;
  for (int i = 0; i < 3; ++i) CHECK(pool.get(upstream.url()) == chat_body());
  CHECK(upstream.connection_count() == 3);
  upstream.wait_peer_left(3);
}

TEST_CASE("Connections that were idle for too long are closed") {
  Pool pool;
  FakeUpstream upstream;
  CHECK(pool.get(upstream.url()) == chat_body());
  const auto now = std::chrono::steady_clock::now();
  pool.prune(now + k_idle_max - 1s);
  CHECK(pool.get(upstream.url()) == chat_body());
  CHECK(upstream.connection_count() == 1);
  pool.prune(now + k_idle_max + 1h);
  upstream.wait_peer_left(1);
  CHECK(pool.get(upstream.url()) == chat_body());
  CHECK(upstream.connection_count() == 2);
}

TEST_CASE("The connection used last is used next, and the pool takes its own with it") {
  FakeUpstream upstream;
  {
    Pool pool;
    const std::string authority = "127.0.0.1:" + std::to_string(upstream.port());
    CHECK(pool.get(upstream.url()) == chat_body());
    pool.thread().run([&] { CHECK(pool.carrier().take("127.0.0.1:1") == nullptr); });
    pool.thread().run([&] {
      auto connection = pool.carrier().take(authority);
      REQUIRE(connection);
      CHECK(pool.carrier().take(authority) == nullptr);
      pool.carrier().give(connection);
      CHECK(pool.carrier().take(authority) == connection);
      pool.carrier().give(connection);
    });
  }
  upstream.wait_peer_left(1);
}
