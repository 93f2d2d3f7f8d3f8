#include "upstream/client.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdlib>

#include "support/catch.h"
#include "support/closed_port.h"
#include "upstream/fixture.h"
#include "upstream/peer.h"

using namespace pk::test;
using pk::Errc;
using pk::Event;
using pk::Task;
using pk::upstream::Call;
using pk::upstream::Options;
using pk::upstream::Request;

namespace {

Request request_to(const FakeUpstream& upstream, std::string method = "GET") {
  return ClientThread::request_to(upstream.url("/v1/x?y=z"), std::move(method));
}

Answer head_then(const Gate& gate) {
  return Answer::script().head(200, {{"Transfer-Encoding", "chunked"}}).chunk("first").wait(gate);
}

}  // namespace

TEST_CASE("Each method is sent as it is, with its body and nothing of the one before") {
  struct Case {
    const char* method;
    std::string body;
    const char* length;  // as the provider sees it
  };
  const std::vector<Case> cases = {
      {"GET", "", ""},         {"POST", "some text", "9"},
      {"GET", "", ""},         {"HEAD", "", ""},
      {"PUT", "put", "3"},     {"DELETE", "", ""},
      {"POST", "", "0"},       {"GET", "with a body", "11"},
      {"DELETE", "body", "4"}, {"PATCH", "", "0"},
      {"OPTIONS", "", ""},     {"HEAD", "ignored", ""},
      {"PROPFIND", "", ""},    {"PUT", "", "0"},
      {"PURGE", "x", "1"},     {"POST", std::string(300'000, 'b'), "300000"},
      {"GET", "", ""},
  };
  ClientThread client;
  FakeUpstream upstream;
  std::size_t index = 0;
  for (const Case& c : cases) {
    INFO(c.method << " with " << c.body.size() << " bytes");
    Request request = request_to(upstream, c.method);
    request.body = c.body;
    const bool head = std::string(c.method) == "HEAD";
    upstream.next(head ? Answer::script().head(200, {{"Content-Length", "5"}}) : Answer::json(200, "{}"));
    const Fetched fetched = client.send(std::move(request));
    CHECK(fetched.whole());
    CHECK(fetched.body == (head ? "" : "{}"));
    const SeenRequest seen = upstream.seen(index++);
    CHECK(seen.whole);
    CHECK(seen.method == c.method);
    CHECK(seen.target == "/v1/x?y=z");
    CHECK(seen.body == (head ? "" : c.body));
    CHECK(seen.header("content-length") == c.length);
    CHECK(seen.header("transfer-encoding").empty());
  }
}

TEST_CASE("Headers go as they are given, and few beside them") {
  ClientThread client;
  FakeUpstream upstream;
  Request request = request_to(upstream, "POST");
  request.body = "{}";
  request.headers = {{"Authorization", "Bearer k1"}, {"X-Twice", "1"}, {"x-twice", "2"}, {"X-Empty", ""}};
  client.send(std::move(request));
  HeaderList seen = upstream.seen(0).headers;
  const HeaderList given = {
      {"Authorization", "Bearer k1"}, {"X-Twice", "1"}, {"x-twice", "2"}, {"X-Empty", ""}};
  CHECK(std::search(seen.begin(), seen.end(), given.begin(), given.end()) != seen.end());
  HeaderList expected = {{"Host", "127.0.0.1:" + std::to_string(upstream.port())},
                         {"User-Agent", "pk"},
                         {"Accept", "*/*"},
                         {"Accept-Encoding", "gzip"},
                         {"Content-Length", "2"}};
  expected.insert(expected.end(), given.begin(), given.end());
  std::sort(seen.begin(), seen.end());
  std::sort(expected.begin(), expected.end());
  CHECK(seen == expected);
  // A client that asks for a part, or for a coding of its choice, is not spoken for.
  Request part = request_to(upstream);
  part.headers = {{"Range", "bytes=0-9"}};
  client.send(std::move(part));
  CHECK(upstream.seen(1).header("accept-encoding").empty());
}

TEST_CASE("A path is sent as it is written, dot segments and all") {
  ClientThread client;
  FakeUpstream upstream;
  for (const char* path : {"/v1/../a", "/a/./b", "//a", "/a%2fb?c=%20d&e", "/?"}) {
    client.get(upstream.url(path));
    CHECK(upstream.seen(upstream.seen_count() - 1).target == path);
  }
}

TEST_CASE("Connections are used again") {
  ClientThread client;
  FakeUpstream upstream;
  for (int i = 0; i < 100; ++i) CHECK(client.get(upstream.url()).status == 200);
  CHECK(upstream.seen_count() == 100);
  CHECK(upstream.connection_count() == 1);
}

TEST_CASE("A connection that the provider closed in between is not used again") {
  ClientThread client;
  FakeUpstream upstream;
  Answer closing = Answer::json(200, "{}");
  upstream.always(closing.close());
  for (int i = 0; i < 20; ++i) CHECK(client.get(upstream.url()).whole());
}

// The provider's close and the request cross on their way: the request is asked again on a new connection,
// however often that happened before (curl counts these over all that one of its handles ever did, and gives
// up at the sixth).
TEST_CASE("A connection that the provider closes under a request costs nothing, any number of times") {
  ClientThread client;
  FakeUpstream upstream;
  constexpr int k_rounds = 10;
  for (int i = 0; i < k_rounds; ++i) {
    CHECK(client.get(upstream.url()).whole());
    upstream.next(Answer::script().close());
    CHECK(client.get(upstream.url()).whole());
  }
  CHECK(upstream.seen_count() == 3 * k_rounds);
  CHECK(upstream.connection_count() == 1 + k_rounds);
}

TEST_CASE("Many calls run at the same time, and each gets its own answer") {
  constexpr int k_calls = 200;
  ClientThread client;
  FakeUpstream upstream;
  upstream.handle([](const SeenRequest& seen) { return Answer::json(200, seen.body); });
  std::vector<std::string> bodies, answers(k_calls);
  for (int i = 0; i < k_calls; ++i) bodies.push_back("body " + std::to_string(i));
  std::promise<void> all;
  int left = k_calls;
  client.thread().run([&] {
    for (int i = 0; i < k_calls; ++i) {
      Request request = request_to(upstream, "POST");
      request.body = bodies[static_cast<std::size_t>(i)];
      const auto one = [&](std::size_t at, Request sent) -> Task<void> {
        const Fetched fetched = co_await fetch(client.client(), std::move(sent));
        answers[at] = fetched.body;
        if (--left == 0) all.set_value();
      };
      // Its captures outlive it: they are the test's.
      [](auto run, std::size_t at, Request sent) -> Task<void> { co_await run(at, std::move(sent)); }(
                                                        one, static_cast<std::size_t>(i), std::move(request))
                                                        .detach();
    }
  });
  all.get_future().get();
  CHECK(answers == bodies);
}

TEST_CASE("A head that does not come in time is a timeout") {
  ClientThread client;
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  Request request = request_to(upstream);
  request.first_byte_timeout_ms = 1;
  const Fetched fetched = client.send(std::move(request));
  REQUIRE(fetched.head_error);
  CHECK(fetched.head_error->code == Errc::timeout);
  upstream.wait_peer_left(1);
}

namespace {

// Reads a first piece, waits until another call's time for its head is over, which is longer than its own,
// and reads on.
Task<std::string> read_past_time(ClientThread& client, FakeUpstream& upstream, Gate gate, std::int64_t ms) {
  upstream.next(head_then(gate).chunk(" second").last_chunk());
  Request own = request_to(upstream);
  own.first_byte_timeout_ms = ms;
  const auto call = client.client().start(std::move(own));
  auto head = co_await call->head();
  if (!head) co_return "too slow";
  auto first = co_await call->read();
  std::string body(first ? *first : "none");
  upstream.next(Answer::script().hang());
  Request slow = request_to(upstream);
  slow.first_byte_timeout_ms = ms + 1;
  const Fetched other = co_await fetch(client.client(), std::move(slow));
  body += other.head_error && other.head_error->code == Errc::timeout ? " timeout" : " ?";
  gate.open();
  auto second = co_await call->read();
  body += second ? *second : "none";
  co_return body;
}

}  // namespace

TEST_CASE("The time for a head says nothing about the body") {
  ClientThread client;
  FakeUpstream upstream;
  std::string body = "too slow";
  for (std::int64_t ms = 200; body == "too slow"; ms *= 2)
    body = client.thread().await([&] { return read_past_time(client, upstream, Gate(), ms); });
  CHECK(body == "first timeout second");
}

TEST_CASE("A provider that says nothing for too long is given up") {
  Options options = ClientThread::trusting();
  options.limits.silence_timeout_ms = 1;
  ClientThread client(options);
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  CHECK(client.get(upstream.url()).head_error->code == Errc::timeout);
  upstream.always(head_then(Gate()));
  const Fetched fetched = client.get(upstream.url());
  CHECK(fetched.body == "first");
  REQUIRE(fetched.body_error);
  CHECK(fetched.body_error->code == Errc::timeout);
}

TEST_CASE("A provider that cannot be reached is an upstream error") {
  ClientThread client;
  const ClosedPort closed;
  const Fetched refused = client.get(closed.url() + "/");
  REQUIRE(refused.head_error);
  CHECK(refused.head_error->code == Errc::upstream);
  const Fetched unknown = client.get("http://no-such-host.invalid/");
  REQUIRE(unknown.head_error);
  CHECK(unknown.head_error->code == Errc::upstream);
}

TEST_CASE("A URL that is none is invalid") {
  ClientThread client;
  for (const char* url :
       {"", "http://", "ftp://127.0.0.1/", "file:///etc/passwd", "http://[::1", "http://a b/"}) {
    INFO(url);
    const Fetched fetched = client.get(url);
    REQUIRE(fetched.head_error);
    CHECK(fetched.head_error->code == Errc::invalid);
  }
}

TEST_CASE("An address that its host may not have is refused before a socket is opened") {
  ClientThread client;
  FakeUpstream upstream;
  for (const char* host :
       {"127.0.0.1", "localhost", "0.0.0.0", "127.1", "0x7f000001", "[::ffff:127.0.0.1]"}) {
    INFO(host);
    Request request =
        ClientThread::request_to("http://" + std::string(host) + ":" + std::to_string(upstream.port()));
    request.trust = pk::config::Trust::none;
    const Fetched fetched = client.send(std::move(request));
    REQUIRE(fetched.head_error);
    CHECK(fetched.head_error->code == Errc::unauthorized);
    CHECK(fetched.head_error->message.find("--allow-upstream") != std::string::npos);
  }
  CHECK(upstream.connection_count() == 0);
  Request metadata = ClientThread::request_to("http://169.254.169.254/latest/");
  CHECK(client.send(std::move(metadata)).head_error->code == Errc::unauthorized);
}

TEST_CASE("Our own listener is never called") {
  FakeUpstream upstream;
  Options options = ClientThread::trusting();
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  own.sin_port = htons(static_cast<std::uint16_t>(upstream.port()));
  std::memcpy(&options.own_listener, &own, sizeof own);
  ClientThread client(options);
  const Fetched fetched = client.get(upstream.url());
  REQUIRE(fetched.head_error);
  CHECK(fetched.head_error->code == Errc::unauthorized);
  CHECK(upstream.connection_count() == 0);
  FakeUpstream other;
  CHECK(client.get(other.url()).status == 200);
}

TEST_CASE("Hosts trusted later are trusted from then on") {
  ClientThread client{Options{}};
  FakeUpstream upstream;
  Request request = request_to(upstream);
  request.trust = pk::config::Trust::none;
  CHECK(client.send(request).head_error->code == Errc::unauthorized);
  const std::vector<std::string> allow = {"127.0.0.0/8"};
  auto hosts = pk::config::TrustedHosts::make(false, allow);
  REQUIRE(hosts);
  client.thread().run([&] { client.client().set_trusted_hosts(*hosts); });
  CHECK(client.send(request).status == 200);
}

TEST_CASE("A proxy in the environment is not used") {
  const ClosedPort closed;
  for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) ::setenv(name, closed.url().c_str(), 1);
  {
    ClientThread client;
    FakeUpstream upstream;
    CHECK(client.get(upstream.url()).status == 200);
  }
  for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) ::unsetenv(name);
}

TEST_CASE("A cancelled call tells whoever waits, and leaves the provider") {
  ClientThread client;
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  std::unique_ptr<Call> call;
  Errc head_code{}, read_code{};
  std::promise<void> over;
  client.thread().run([&] {
    call = client.client().start(request_to(upstream));
    [](Call& c, Errc& head, Errc& read, std::promise<void>& done) -> Task<void> {
      auto got = co_await c.head();
      head = got ? Errc::io : got.error().code;
      auto piece = co_await c.read();
      read = piece ? Errc::io : piece.error().code;
      done.set_value();
    }(*call, head_code, read_code, over)
                                                                         .detach();
  });
  upstream.seen(0);
  client.thread().run([&] { call->cancel(); });
  over.get_future().get();
  CHECK(head_code == Errc::cancelled);
  CHECK(read_code == Errc::cancelled);
  upstream.wait_peer_left(1);
  client.thread().run([&] { call.reset(); });
}

TEST_CASE("A call that is cancelled before it is asked, or after its end, is calm") {
  ClientThread client;
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  const Errc early = client.thread().await([&]() -> Task<Errc> {
    const auto call = client.client().start(request_to(upstream));
    call->cancel();
    call->cancel();
    auto head = co_await call->head();
    co_return head ? Errc::io : head.error().code;
  });
  CHECK(early == Errc::cancelled);
  upstream.always(Answer::json(200, "{}"));
  const std::string late = client.thread().await([&]() -> Task<std::string> {
    const auto call = client.client().start(request_to(upstream));
    const Fetched fetched = co_await read_all(*call);
    call->cancel();
    auto piece = co_await call->read();
    co_return fetched.body + (piece && piece->empty() ? " end" : " error");
  });
  CHECK(late == "{} end");
}

TEST_CASE("A call that is cancelled between two pieces gives no further one") {
  ClientThread client;
  FakeUpstream upstream;
  upstream.next(head_then(Gate()));
  const Errc code = client.thread().await([&]() -> Task<Errc> {
    const auto call = client.client().start(request_to(upstream));
    auto head = co_await call->head();
    auto first = co_await call->read();
    call->cancel();
    auto second = co_await call->read();
    co_return second ? Errc::io : second.error().code;
  });
  CHECK(code == Errc::cancelled);
  upstream.wait_peer_left(1);
}

TEST_CASE("A call may be destroyed at any time") {
  ClientThread client;
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  client.thread().run([&] { (void)client.client().start(request_to(upstream)); });
  std::vector<std::unique_ptr<Call>> calls;
  client.thread().run([&] {
    for (int i = 0; i < 10; ++i) calls.push_back(client.client().start(request_to(upstream)));
  });
  upstream.seen(5);
  client.thread().run([&] { calls.clear(); });
  upstream.wait_peer_left(6);
  upstream.always(Answer::json(200, "{}"));
  CHECK(client.get(upstream.url()).body == "{}");
}

TEST_CASE("The end of one call may destroy others that have just moved too") {
  ClientThread client;
  FakeUpstream upstream;
  Gate gate;
  upstream.always(Answer::script().wait(gate).head(200, {{"Content-Length", "2"}}).bytes("ok"));
  std::vector<std::unique_ptr<Call>> calls;
  std::promise<void> over;
  bool first = true;
  client.thread().run([&] {
    for (int i = 0; i < 20; ++i) calls.push_back(client.client().start(request_to(upstream)));
    // Each waits in a frame that its call's end resumes; the first to come ends all others.
    for (auto& call : calls) {
      [](std::vector<std::unique_ptr<Call>>& all, Call* own, bool& is_first,
         std::promise<void>& done) -> Task<void> {
        auto head = co_await own->head();
        if (std::exchange(is_first, false)) {
          for (auto& other : all)
            if (other.get() != own) other->cancel();
          done.set_value();
        }
      }(calls, call.get(), first, over)
                                          .detach();
    }
  });
  for (std::size_t i = 0; i < 20; ++i) upstream.seen(i);
  gate.open();
  over.get_future().get();
  client.thread().run([&] { calls.clear(); });
}

TEST_CASE("The time limit of one call may destroy others, and each is still looked at") {
  constexpr std::size_t k_calls = 30, k_first = 17;
  ClientThread client;
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  std::vector<std::unique_ptr<Call>> calls(k_calls);
  std::promise<void> first, last;
  const auto wait = [](Call& call, auto then) -> Task<void> {
    auto head = co_await call.head();
    then(head ? Errc::io : head.error().code);
  };
  Errc codes[2] = {Errc::io, Errc::io};
  client.thread().run([&] {
    for (std::size_t i = 0; i < k_calls; ++i) {
      Request request = request_to(upstream);
      if (i == 0 || i == k_first) request.first_byte_timeout_ms = 1;
      calls[i] = client.client().start(std::move(request));
    }
    wait(*calls[k_first], [&](Errc code) {
      codes[0] = code;
      for (std::size_t i = 1; i < k_calls; ++i)
        if (i != k_first) calls[i].reset();
      first.set_value();
    }).detach();
    wait(*calls[0], [&](Errc code) {
      codes[1] = code;
      last.set_value();
    }).detach();
  });
  first.get_future().get();
  last.get_future().get();
  CHECK(codes[0] == Errc::timeout);
  CHECK(codes[1] == Errc::timeout);
  client.thread().run([&] { calls.clear(); });
}

TEST_CASE("A large body waits for its reader") {
  constexpr std::uint64_t k_total = 128 * 1024 * 1024;
  constexpr std::uint64_t k_ahead_max = 64 * 1024 * 1024;  // the kernel's buffers on both sides, and ours
  ClientThread client;
  FakeUpstream upstream;
  upstream.next(Answer::script().head(200, {{"Transfer-Encoding", "chunked"}}).flood(k_total).last_chunk());
  std::uint64_t ahead = 0;
  const std::uint64_t read = client.thread().await([&]() -> Task<std::uint64_t> {
    const auto call = client.client().start(request_to(upstream));
    auto head = co_await call->head();
    std::uint64_t sum = 0;
    while (true) {
      // Other calls run while this one is not read.
      if (sum % 7 == 0) {
        const Fetched other = co_await fetch(client.client(), request_to(upstream));
        if (!other.whole()) co_return 0;
      }
      const std::uint64_t flooded = upstream.flooded();
      ahead = std::max(ahead, flooded - std::min(flooded, sum));
      auto piece = co_await call->read();
      if (!piece) co_return 0;
      if (piece->empty()) break;
      sum += piece->size();
    }
    co_return sum;
  });
  CHECK(read == k_total);
  CHECK(ahead < k_ahead_max);
}

TEST_CASE("A body that nobody reads stays with the provider, and can still be read") {
  constexpr std::uint64_t k_total = 64 * 1024 * 1024;
  ClientThread client;
  FakeUpstream upstream;
  upstream.next(Answer::script().head(200, {{"Transfer-Encoding", "chunked"}}).flood(k_total).last_chunk());
  std::unique_ptr<Call> call;
  client.thread().await([&]() -> Task<void> {
    call = client.client().start(request_to(upstream));
    auto head = co_await call->head();
  });
  for (int i = 0; i < 50; ++i) CHECK(client.get(upstream.url()).whole());
  CHECK(upstream.flooded() < k_total);
  const Fetched fetched = client.thread().await([&] { return read_all(*call); });
  CHECK(fetched.whole());
  CHECK(fetched.body.size() == k_total);
  client.thread().run([&] { call.reset(); });
}
