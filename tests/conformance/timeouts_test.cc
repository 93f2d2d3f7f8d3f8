// T: how long an attempt may take to its first byte.
#include "conformance/configs.h"
#include "support/catch.h"

using namespace pk::test;

namespace {

double latency_ms(const boost::json::value& record) {
  return std::stod(at(record, "/latency_ms"));
}

}  // namespace

TEST_CASE("T1: an attempt that takes longer than the config allows is the reference's 408", "[timeouts]") {
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  Serve serve;
  const Reply reply = ask(serve, target(upstream, R"("request_timeout":500)"));
  CHECK(reply.status == 408);
  CHECK(
      reply.body ==
      R"({"error":{"message":"Request exceeded the timeout sent in the request: 500ms","type":"timeout_error","param":null,"code":null}})");
  check_headers(reply);
  CHECK(reply.header("x-portkey-provider") == "openai");
  upstream.wait_peer_left(1);
  const auto record = record_of(serve, reply);
  CHECK(at(record, "/http_status") == "408");
  CHECK(latency_ms(record) >= 500);
}

TEST_CASE("T2: the request's own time goes before the config's, shorter or longer", "[timeouts]") {
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  Serve serve;
  const Reply shorter =
      ask(serve, target(upstream, R"("request_timeout":5000)"), {{"x-portkey-request-timeout", "300"}});
  CHECK(shorter.status == 408);
  CHECK(shorter.body.find("300ms") != std::string::npos);
  const Reply longer =
      ask(serve, target(upstream, R"("request_timeout":50)"), {{"x-portkey-request-timeout", "400"}});
  CHECK(longer.body.find("400ms") != std::string::npos);
  CHECK(latency_ms(record_of(serve, longer)) >= 400);
}

TEST_CASE("T4: a time-out is retried where 408 is listed, each attempt with the whole time", "[timeouts]") {
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  Serve serve;
  const Reply reply =
      ask(serve, target(upstream, R"("request_timeout":200,"retry":{"attempts":1,"on_status_codes":[408]})"));
  CHECK(reply.status == 408);
  upstream.seen(1);  // which may take note of a request later than it is given up
  CHECK(upstream.seen_count() == 2);
  CHECK(reply.header("x-portkey-retry-attempt-count") == "-1");
  const auto record = record_of(serve, reply);
  CHECK(at(record, "/retry") == "failed");
  CHECK(record.at("attempts").as_array().size() == 2);
  CHECK(latency_ms(record) >= 1400);
}

TEST_CASE("A time-out is not retried unless it is listed", "[timeouts]") {
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  Serve serve;
  CHECK(ask(serve, target(upstream, R"("request_timeout":100,"retry":{"attempts":3})")).status == 408);
  upstream.seen(0);
  CHECK(upstream.seen_count() == 1);
}

TEST_CASE("Of a stream only the time to its beginning counts", "[timeouts]") {
  FakeUpstream upstream;
  const Gate later;
  upstream.always(Answer::script()
                      .head(200, {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}})
                      .chunk("data: 1\n\n")
                      .wait(later)
                      .chunk("data: [DONE]\n\n")
                      .last_chunk());
  Serve serve;
  const std::string config = target(upstream, R"("request_timeout":2000)");
  HttpClient client(serve.port());
  client.send(request_text("POST", "/v1/chat/completions", under(config), chat_request("hi", true)));
  CHECK(client.read_until("data: 1\n\n") == "data: 1\n\n");
  // A second call, which does time out, says that more than those 2000 ms are over.
  upstream.always(Answer::script().hang());
  CHECK(ask(serve, target(upstream, R"("request_timeout":2100)")).status == 408);
  later.open();
  CHECK(client.read_reply().body == "data: 1\n\ndata: [DONE]\n\n");
}

TEST_CASE("A time of 0 is none, and what is no number of milliseconds is refused", "[timeouts]") {
  FakeUpstream upstream;
  Serve serve;
  CHECK(ask(serve, target(upstream, R"("request_timeout":0)")).status == 200);
  for (const char* bad : {"-1", "\"500\"", "0.5"}) {
    INFO(bad);
    CHECK(ask(serve, target(upstream, R"("request_timeout":)" + std::string(bad))).status == 400);
  }
}
