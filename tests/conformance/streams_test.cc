// S: what streams hold besides their chunks.
#include "conformance/configs.h"
#include "support/catch.h"

using namespace pk::test;

namespace {

Answer events(const std::string& text) {
  return Answer::script()
      .head(200, {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}})
      .chunk(text)
      .last_chunk();
}

}  // namespace

TEST_CASE("S2: comments and chunks without choices pass, and their usage counts", "[streams]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string text =
      ": ping\n\n: OPENROUTER PROCESSING\n\ndata: "
      "{\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}}]}\n\n"
      ": ping\n\ndata: "
      "{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1,\"total_tokens\":4}}\n\ndata: "
      "[DONE]\n\n";
  upstream.always(events(text));
  for (const std::string& config : {target(upstream), strategy("fallback", {target(upstream)})}) {
    const Reply reply = ask(serve, config, {}, chat_request("hi", true));
    CHECK(reply.body == text);
    const auto record = record_of(serve, reply);
    CHECK(at(record, "/ok") == "true");
    CHECK(at(record, "/total_tokens") == "4");
    CHECK(at(record, "/model") == "m-1");
  }
}

TEST_CASE("S3: a stream that is refused is a JSON error", "[streams]") {
  FakeUpstream upstream;
  Serve serve;
  upstream.always(refused(401, "no such key"));
  const Reply reply = ask(serve, target(upstream), {}, chat_request("hi", true));
  CHECK(reply.status == 401);
  CHECK(reply.header("content-type") == "application/json");
  CHECK(at(parse_json(reply.body), "/error/message") == "openai error: no such key");
  // Some answer with an event even then.
  upstream.always(Answer::script()
                      .head(429, {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}})
                      .chunk("data: {\"error\":{\"message\":\"slow down\"}}\n\n")
                      .last_chunk());
  const Reply event = ask(serve, target(upstream), {}, chat_request("hi", true));
  CHECK(event.status == 429);
  CHECK(event.header("content-type") == "application/json");
  CHECK(at(parse_json(event.body), "/error/message") == "openai error: slow down");
}

TEST_CASE("Pages and plain texts in place of an error are told, with the status they came with",
          "[streams]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
  upstream.always(
      Answer::script()
          .head(502, {{"Content-Type", "text/html"}, {"Content-Length", std::to_string(page.size())}})
          .bytes(page));
  const Reply reply = ask(serve, target(upstream));
  CHECK(reply.status == 502);
  const auto body = parse_json(reply.body);
  CHECK(at(body, "/html-message") == page);
  CHECK(at(body, "/error/message") == "openai error: 502 Bad Gateway");
  CHECK(at(record_of(serve, reply), "/error").find("502 Bad Gateway") != std::string::npos);
}

TEST_CASE("A stream that carries an error is recorded as failed, and reaches the client as it is",
          "[streams]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string text =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}}]}\n\ndata: "
      "{\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n";
  upstream.always(events(text));
  const Reply reply = ask(serve, target(upstream), {}, chat_request("hi", true));
  CHECK(reply.body == text);
  const auto record = record_of(serve, reply);
  CHECK(at(record, "/ok") == "false");
  CHECK(at(record, "/error").find("overloaded") != std::string::npos);
}
