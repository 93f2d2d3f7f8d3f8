// Everything under /v1/ that is no route of pk's own goes to the provider byte for byte.
#include <algorithm>

#include "support/catch.h"
#include "support/serve_fixture.h"

using namespace pk::test;

TEST_CASE("Other paths pass with any method, their query, body and headers", "[passthrough]") {
  FakeUpstream upstream;
  upstream.handle(
      [](const SeenRequest& seen) { return Answer::json(200, "{\"got\":\"" + seen.method + "\"}"); });
  Serve serve;
  std::size_t index = 0;
  for (const char* method : {"POST", "GET", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    INFO(method);
    const std::string body = std::string(method) == "GET" ? "" : std::string("\0\x01 any bytes \xff", 14);
    const Reply reply = request(serve.port(), method, "/v1/foo/b%20r?x=1&key=a%2Fb",
                                openai(upstream, {{"X-Own", "o"},
                                                  {"x-portkey-trace-id", "t"},
                                                  {"Connection", "keep-alive, x-hop"},
                                                  {"X-Hop", "h"}}),
                                body);
    REQUIRE(reply.status == 200);
    CHECK(reply.body == "{\"got\":\"" + std::string(method) + "\"}");
    CHECK(reply.header("x-portkey-trace-id") == "t");
    const SeenRequest seen = upstream.seen(index++);
    CHECK(seen.method == method);
    CHECK(seen.target == "/v1/foo/b%20r?x=1&key=a%2Fb");
    CHECK(seen.body == body);
    CHECK(seen.header("x-own") == "o");
    CHECK(seen.header("x-hop") == "");
    CHECK(seen.header("x-portkey-trace-id") == "");
    CHECK(seen.header("x-portkey-custom-host") == "");
    const auto record = log_of(serve.data(), reply.header("x-pk-log-id"));
    CHECK(at(record, "/endpoint") == "other");
    CHECK(at(record, "/path") == "/v1/foo/b%20r");
    CHECK(at(record, "/method") == method);
  }
}

TEST_CASE("The old proxy prefix is taken off", "[passthrough]") {
  FakeUpstream upstream;
  Serve serve;
  CHECK(request(serve.port(), "POST", "/v1/proxy/any/where?q=1", openai(upstream), "{}").status == 200);
  CHECK(upstream.seen(0).target == "/v1/any/where?q=1");
}

TEST_CASE("HEAD has the head of GET and no body", "[passthrough]") {
  FakeUpstream upstream;
  upstream.always(Answer::script().head(200, {{"Content-Type", "text/plain"}, {"Content-Length", "77"}}));
  Serve serve;
  HttpClient client(serve.port());
  for (int i = 0; i < 2; ++i) {
    client.send(request_text("HEAD", "/v1/files/f-1", openai(upstream), ""));
    const Reply reply = client.read_reply(true);
    CHECK(reply.whole);
    CHECK(reply.status == 200);
    CHECK(upstream.seen(static_cast<std::size_t>(i)).method == "HEAD");
  }
}

TEST_CASE("A multipart upload arrives byte for byte", "[passthrough]") {
  FakeUpstream upstream;
  Serve serve;
  std::string file;
  for (unsigned i = 0; i < 300'000; ++i) file += static_cast<char>(i * 7919 >> 3);
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--b\r\n"
      "Content-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n" +
      file + "\r\n--b--\r\n";
  HeaderList headers{{"Content-Type", "multipart/form-data; boundary=b"},
                     {"x-portkey-provider", "openai"},
                     {"Authorization", "Bearer k"},
                     {"x-portkey-custom-host", upstream.url()}};
  CHECK(request(serve.port(), "POST", "/v1/files", headers, body).status == 200);
  CHECK(upstream.seen(0).body == body);
  CHECK(upstream.seen(0).header("content-type") == "multipart/form-data; boundary=b");
}

TEST_CASE("Binary answers and bodiless statuses pass as they are", "[passthrough]") {
  FakeUpstream upstream;
  const std::string audio("\0\xff\xfb\x90\r\n\r\n0\r\n\r\n", 13);
  upstream.next(
      Answer::script()
          .head(200, {{"Content-Type", "audio/mpeg"}, {"Content-Length", std::to_string(audio.size())}})
          .bytes(audio));
  upstream.next(Answer::script().head(204, {}));
  upstream.next(Answer::script().head(304, {{"ETag", "\"e\""}}));
  Serve serve;
  HttpClient client(serve.port());
  for (int status : {200, 204, 304}) {
    client.send(request_text("POST", "/v1/audio/speech", openai(upstream), "{}"));
    const Reply reply = client.read_reply();
    CHECK(reply.whole);
    CHECK(reply.status == status);
    CHECK(reply.body == (status == 200 ? audio : ""));
  }
}

TEST_CASE("An Upgrade is answered with 501", "[passthrough]") {
  FakeUpstream upstream;
  Serve serve;
  const Reply reply = request(serve.port(), "GET", "/v1/realtime?model=m",
                              openai(upstream, {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}}));
  CHECK(reply.status == 501);
  CHECK(reply.header("x-portkey-trace-id") != "");
  CHECK(upstream.seen_count() == 0);
}

TEST_CASE("Upstream headers come back, those of the connection do not", "[passthrough]") {
  FakeUpstream upstream;
  upstream.always(Answer::script()
                      .head(200, {{"Content-Type", "application/json"},
                                  {"X-RateLimit-Remaining", "9"},
                                  {"Set-Cookie", "a=1"},
                                  {"Set-Cookie", "b=2"},
                                  {"Connection", "x-hop"},
                                  {"x-hop", "h"},
                                  {"x-portkey-trace-id", "from-upstream"},
                                  {"Content-Length", "2"}})
                      .bytes("{}"));
  Serve serve;
  const Reply reply =
      request(serve.port(), "GET", "/v1/things", openai(upstream, {{"x-portkey-trace-id", "mine"}}));
  CHECK(reply.header("x-ratelimit-remaining") == "9");
  CHECK(reply.header("x-hop") == "");
  CHECK(std::count_if(reply.headers.begin(), reply.headers.end(), [](const auto& header) {
          return header.first == "Set-Cookie" || header.first == "set-cookie";
        }) == 2);
  CHECK(reply.raw_head.find("from-upstream") == std::string::npos);
  CHECK(reply.header("x-portkey-trace-id") == "mine");
}
