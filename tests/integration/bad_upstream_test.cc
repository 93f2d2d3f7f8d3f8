// Upstreams that lie, break off or talk nonsense: a cut body never reaches the client as whole, the record
// says what happened, and the next request is served.
#include "support/catch.h"
#include "support/serve_fixture.h"

using namespace pk::test;

namespace {

const HeaderList k_json{{"Content-Type", "application/json"}};

Answer sse_head() {
  return Answer::script().head(200,
                               {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}});
}

HeaderList json_of_length(std::size_t bytes) {
  return {{"Content-Type", "application/json"}, {"Content-Length", std::to_string(bytes)}};
}

HeaderList gzip_of_length(std::size_t bytes) {
  HeaderList headers = json_of_length(bytes);
  headers.emplace_back("Content-Encoding", "gzip");
  return headers;
}

struct Lie {
  const char* title;
  Answer answer;
};

std::vector<Lie> lies() {
  const std::string half = chat_body().substr(0, 40);
  const std::string gzip = gzip_stored(chat_body());
  const std::string event = "data: {\"choices\":[]}\n\n";
  return {
      {"a reset before the head", Answer::script().reset()},
      {"an end before the head", Answer::script().close()},
      {"half a head, then the end", Answer::script().bytes("HTTP/1.1 200 OK\r\nContent-Ty").close()},
      {"a reset in the middle of the body",
       Answer::script().head(200, json_of_length(1000)).bytes(half).reset()},
      {"an end in the middle of the body",
       Answer::script().head(200, json_of_length(1000)).bytes(half).close()},
      {"an end in the middle of a chunk", sse_head().bytes("ff\r\ndata: x").close()},
      {"a reset in the middle of a stream", sse_head().chunk(event).reset()},
      {"an end without the last chunk", sse_head().chunk(event).close()},
      {"a chunk size that is no number", sse_head().chunk(event).bytes("zz\r\n").close()},
      {"no HTTP at all", Answer::script().bytes("SSH-2.0-OpenSSH_9.2\r\n\r\n").close()},
      {"binary garbage", Answer::script().bytes(std::string(4096, '\x81')).close()},
      {"a head without end",
       Answer::script().bytes("HTTP/1.1 200 OK\r\nX: " + std::string(1 << 20, 'x')).close()},
      {"cut gzip",
       Answer::script().head(200, gzip_of_length(gzip.size() / 2)).bytes(gzip.substr(0, gzip.size() / 2))},
      {"gzip that is none", Answer::script().head(200, gzip_of_length(9)).bytes("not gzip!")},
      {"gzip with a wrong checksum", Answer::script()
                                         .head(200, gzip_of_length(gzip.size()))
                                         .bytes(gzip.substr(0, gzip.size() - 8) + std::string(8, '\7'))},
  };
}

}  // namespace

TEST_CASE("A broken answer never arrives as a whole success, is recorded, and harms nothing after it",
          "[bad_upstream]") {
  FakeUpstream upstream;
  // The ids of one worker are in order also within a millisecond.
  Serve serve({.flags = {"--workers", "1"}});
  std::size_t calls = 0;
  for (const Lie& lie : lies()) {
    for (bool stream : {false, true}) {
      INFO(lie.title << (stream ? ", asked for a stream" : ""));
      upstream.always(lie.answer);
      const Reply reply = chat(serve, upstream, {}, chat_request("hi", stream));
      const bool whole_success = reply.whole && reply.status < 400;
      CHECK_FALSE(whole_success);
      ++calls;
      const auto rows = logs_until(serve.data(), [&](const auto& all) {
        return all.size() == calls && at(all[0], "/state") == "complete";
      });
      REQUIRE(rows.size() == calls);
      CHECK(at(rows[0], "/ok") == "false");
      CHECK(at(rows[0], "/error") != "null");

      upstream.always(Answer::json(200, chat_body()));
      const Reply next = chat(serve, upstream);
      CHECK(next.status == 200);
      CHECK(next.body == chat_body());
      ++calls;
    }
  }
}

TEST_CASE("A reply that fails before its first byte is a JSON error with all headers", "[bad_upstream]") {
  FakeUpstream upstream;
  upstream.always(Answer::script().reset());
  Serve serve;
  const Reply reply = chat(serve, upstream);
  REQUIRE(reply.whole);
  CHECK(reply.status / 100 == 5);
  CHECK(at(parse_json(reply.body), "/error/message") != "(nothing)");
  CHECK(reply.header("x-portkey-trace-id") != "");
  CHECK(reply.header("x-portkey-provider") == "openai");
}

TEST_CASE("Bytes beyond the declared length are nobody's answer", "[bad_upstream]") {
  FakeUpstream upstream;
  const std::string poison =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n\"poison\"";
  Serve serve({.flags = {"--workers", "1"}});
  for (int i = 0; i < 5; ++i) {
    upstream.always(Answer::script().head(200, json_of_length(2)).bytes("{}" + poison));
    const Reply first = chat(serve, upstream);
    CHECK(first.body.find("poison") == std::string::npos);
    upstream.always(Answer::json(200, chat_body()));
    CHECK(chat(serve, upstream).body == chat_body());
  }
}

TEST_CASE("Nonsense in an event stream passes as it is, and the record closes", "[bad_upstream]") {
  FakeUpstream upstream;
  Serve serve;
  const std::vector<std::string> nonsense{
      "data: {\"choices\":\n\n",
      "data: [1,2\n\ndata: null\n\ndata: \"x\"\n\ndata: 7\n\n",
      "data: {\"usage\":{\"prompt_tokens\":-1,\"completion_tokens\":1e400,\"total_tokens\":\"many\"}}\n\n",
      "data: {\"usage\":{\"prompt_tokens\":99999999999999999999}}\n\n",
      "data: {\"choices\":[{\"index\":-5,\"delta\":{\"content\":7}}]}\n\n",
      "data: {\"choices\":[{\"index\":4000000000,\"delta\":{\"content\":\"x\"}}]}\n\n",
      "data: " + std::string(50'000, '[') + "\n\n",
      std::string(300'000, 'd'),
      "\n\n\n\n\r\r\r\r\r\n:\n:\n",
      "<html><body>504</body></html>",
  };
  for (const std::string& body : nonsense) {
    INFO(body.substr(0, 80));
    upstream.always(sse_head().chunk(body).last_chunk());
    const Reply reply = chat(serve, upstream, {}, chat_request("hi", true));
    REQUIRE(reply.whole);
    CHECK(reply.body == body);
    CHECK(at(log_of(serve.data(), reply.header("x-pk-log-id")), "/state") == "complete");
  }
}

TEST_CASE("An error whose body is an event stream or HTML does not break the reply", "[bad_upstream]") {
  FakeUpstream upstream;
  Serve serve;
  upstream.always(Answer::script()
                      .head(500, {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}})
                      .chunk("data: {\"error\":{\"message\":\"boom\"}}\n\n")
                      .last_chunk());
  const Reply stream = chat(serve, upstream);
  CHECK(stream.whole);
  CHECK(stream.status == 500);
  CHECK(stream.body.find("boom") != std::string::npos);
  upstream.always(Answer::script()
                      .head(502, {{"Content-Type", "text/html"}, {"Content-Length", "15"}})
                      .bytes("<h1>no way</h1>"));
  const Reply html = chat(serve, upstream);
  CHECK(html.whole);
  CHECK(html.status == 502);
  CHECK(html.body.find("no way") != std::string::npos);
}

TEST_CASE("A gzip answer arrives decoded once", "[bad_upstream]") {
  FakeUpstream upstream;
  const std::string gzip = gzip_stored(chat_body());
  upstream.always(Answer::script().head(200, gzip_of_length(gzip.size())).bytes(gzip));
  Serve serve;
  const Reply reply = chat(serve, upstream);
  CHECK(reply.status == 200);
  CHECK(reply.header("content-encoding") == "");
  CHECK(reply.body == chat_body());
  CHECK(at(log_of(serve.data(), reply.header("x-pk-log-id")), "/total_tokens") == "12");
}

TEST_CASE("An answer of one byte at a time is the same answer", "[bad_upstream]") {
  FakeUpstream upstream;
  upstream.always(
      Answer::script().drip("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                            std::to_string(chat_body().size()) + "\r\n\r\n" + chat_body()));
  Serve serve;
  CHECK(chat(serve, upstream).body == chat_body());
}

TEST_CASE("An answer that ends with its connection is whole", "[bad_upstream]") {
  FakeUpstream upstream;
  upstream.always(Answer::script().head(200, k_json).bytes(chat_body()).close());
  Serve serve;
  const Reply reply = chat(serve, upstream);
  CHECK(reply.whole);
  CHECK(reply.body == chat_body());
}

TEST_CASE("A connection that the upstream closed between two calls is not an error", "[bad_upstream]") {
  FakeUpstream upstream;
  Answer answer = Answer::json(200, chat_body());
  upstream.always(answer.close());
  Serve serve({.flags = {"--workers", "1"}});
  for (int i = 0; i < 20; ++i) CHECK(chat(serve, upstream).status == 200);
}

TEST_CASE("A redirect is passed to the client, not followed", "[bad_upstream]") {
  FakeUpstream upstream;
  FakeUpstream elsewhere;
  upstream.always(Answer::script().head(302, {{"Location", elsewhere.url()}, {"Content-Length", "0"}}));
  Serve serve;
  const Reply reply = chat(serve, upstream);
  CHECK(reply.status == 302);
  CHECK(reply.header("location") == elsewhere.url());
  CHECK(elsewhere.seen_count() == 0);
}
