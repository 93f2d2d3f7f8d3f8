// What goes to the upstream, what comes back to the client, and what the ledger keeps of both.
#include "support/catch.h"
#include "support/closed_port.h"
#include "support/serve_fixture.h"

using namespace pk::test;

TEST_CASE("A plain chat call comes back with the reference's headers and the upstream's body", "[headers]") {
  FakeUpstream upstream;
  Serve serve;
  const Reply reply = chat(serve, upstream, {{"x-portkey-trace-id", "t1"}});
  REQUIRE(reply.whole);
  CHECK(reply.status == 200);
  CHECK(reply.body == chat_body());
  CHECK(reply.header("x-portkey-trace-id") == "t1");
  CHECK(reply.header("x-portkey-retry-attempt-count") == "0");
  CHECK(reply.header("x-portkey-cache-status") == "DISABLED");
  CHECK(reply.header("x-portkey-last-used-option-index") == "config");
  CHECK(reply.header("x-portkey-provider") == "openai");
  CHECK(reply.header("x-portkey-gateway-exception") == "");
  CHECK(reply.header("content-type") == "application/json");

  const auto record = log_of(serve.data(), reply.header("x-pk-log-id"));
  CHECK(at(record, "/trace_id") == "t1");
  CHECK(at(record, "/method") == "POST");
  CHECK(at(record, "/path") == "/v1/chat/completions");
  CHECK(at(record, "/endpoint") == "chat-completions");
  CHECK(at(record, "/state") == "complete");
  CHECK(at(record, "/http_status") == "200");
  CHECK(at(record, "/ok") == "true");
  CHECK(at(record, "/error") == "null");
  CHECK(at(record, "/provider") == "openai");
  CHECK(at(record, "/model") == "gpt-4o-mini");
  CHECK(at(record, "/requested_model") == "gpt-4o-mini");
  CHECK(at(record, "/prompt_tokens") == "9");
  CHECK(at(record, "/completion_tokens") == "3");
  CHECK(at(record, "/total_tokens") == "12");
  CHECK(at(record, "/stream") == "false");
  CHECK(at(record, "/ttft_ms") == "null");
  CHECK(at(record, "/status") ==
        R"(["cache-disabled","retry-not-triggered","fallback-disabled","loadbalance-disabled"])");
  CHECK(at(record, "/request/body/messages/0/content") == "hi");
  CHECK(at(record, "/response/body/choices/0/message/content") == "Hello there");
  CHECK(at(record, "/attempts/0/option") == "config");
  CHECK(at(record, "/attempts/0/http_status") == "200");
  // 9 × $0.15 and 3 × $0.60 a million, from the price table.
  CHECK(std::stod(at(record, "/cost_usd")) == Approx(9 * 0.15e-6 + 3 * 0.60e-6));
}

TEST_CASE("A trace id is made where the client gave none", "[headers]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string one = chat(serve, upstream).header("x-portkey-trace-id");
  const std::string two = chat(serve, upstream).header("x-portkey-trace-id");
  CHECK(one != "");
  CHECK(two != "");
  CHECK(one != two);
}

TEST_CASE("The upstream gets the key and the body as it was, and nothing that was meant for pk",
          "[headers]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string body =
      R"({ "model":"m", "temperature":0.7, "seed":12345678901234567890, "foo": {"unknown":[1,2,{}]},)"
      R"( "messages":[{"role":"user","content":"h\u00ef"}] })";
  chat(serve, upstream,
       {{"x-portkey-trace-id", "t"},
        {"x-portkey-metadata", R"({"a":"b"})"},
        {"x-portkey-unheard-of", "1"},
        {"X-Own", "o"},
        {"Cookie", "c=1"},
        {"Connection", "x-hop"},
        {"x-hop", "h"}},
       body);
  const SeenRequest seen = upstream.seen(0);
  CHECK(seen.method == "POST");
  CHECK(seen.target == "/v1/chat/completions");
  CHECK(seen.body == body);
  CHECK(seen.header("authorization") == "Bearer sk-test-0123456789abcdef");
  CHECK(seen.header("content-type") == "application/json");
  CHECK(seen.header("host") == "127.0.0.1:" + std::to_string(upstream.port()));
  CHECK(seen.header("x-own") == "");
  CHECK(seen.header("cookie") == "");
  CHECK(seen.header("x-hop") == "");
  for (const auto& [name, value] : seen.headers) CHECK(name.rfind("x-p", 0) == std::string::npos);
}

TEST_CASE("Headers named in x-portkey-forward-headers reach the upstream", "[headers]") {
  FakeUpstream upstream;
  Serve serve;
  chat(serve, upstream,
       {{"x-portkey-forward-headers", "X-One, x-two"}, {"x-one", "1"}, {"X-Two", "2"}, {"X-Three", "3"}});
  CHECK(upstream.seen(0).header("x-one") == "1");
  CHECK(upstream.seen(0).header("x-two") == "2");
  CHECK(upstream.seen(0).header("x-three") == "");
}

TEST_CASE("The custom host's path stands before the endpoint's", "[headers]") {
  FakeUpstream upstream;
  Serve serve;
  HeaderList headers{{"Content-Type", "application/json"},
                     {"x-portkey-provider", "openai"},
                     {"Authorization", "Bearer k"},
                     {"x-portkey-custom-host", upstream.url("/a/b/v7")}};
  request(serve.port(), "POST", "/v1/chat/completions?x=1", headers, chat_request());
  CHECK(upstream.seen(0).target.rfind("/a/b/v7/chat/completions", 0) == 0);
}

TEST_CASE("A connection to the upstream is used again", "[headers]") {
  FakeUpstream upstream;
  Serve serve({.flags = {"--workers", "1"}});
  for (int i = 0; i < 20; ++i) REQUIRE(chat(serve, upstream).status == 200);
  CHECK(upstream.connection_count() == 1);
}

TEST_CASE("Metadata is an object of strings, and its _user is the user", "[headers]") {
  FakeUpstream upstream;
  Serve serve;
  const Reply reply = chat(serve, upstream, {{"x-portkey-metadata", R"({"_user":"ada","team":"red"})"}},
                           R"({"model":"m","user":"from-body","messages":[{"role":"user","content":"x"}]})");
  const auto record = log_of(serve.data(), reply.header("x-pk-log-id"));
  CHECK(at(record, "/user") == "ada");
  CHECK(at(record, "/metadata/team") == "red");

  const Reply other = chat(serve, upstream, {{"x-portkey-metadata", "no json"}},
                           R"({"model":"m","user":"from-body","messages":[{"role":"user","content":"x"}]})");
  CHECK(other.status == 200);
  CHECK(at(log_of(serve.data(), other.header("x-pk-log-id")), "/user") == "from-body");
  CHECK(logs(serve.data(), {"--metadata", "team=red"}).size() == 1);
}

TEST_CASE("An answer later than the request's own time-out is the reference's 408", "[headers]") {
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  Serve serve;
  const Reply reply = chat(serve, upstream, {{"x-portkey-request-timeout", "300"}});
  REQUIRE(reply.whole);
  CHECK(reply.status == 408);
  const auto body = parse_json(reply.body);
  CHECK(at(body, "/error/message") == "Request exceeded the timeout sent in the request: 300ms");
  CHECK(at(body, "/error/type") == "timeout_error");
  CHECK(at(body, "/error/param") == "null");
  CHECK(at(body, "/error/code") == "null");
  CHECK(reply.header("x-portkey-trace-id") != "");
  upstream.wait_peer_left(1);
  const auto record = log_of(serve.data(), reply.header("x-pk-log-id"));
  CHECK(at(record, "/http_status") == "408");
  CHECK(at(record, "/ok") == "false");
  CHECK(std::stod(at(record, "/latency_ms")) >= 299);
}

TEST_CASE("A stream that has begun is not cut by the request's time-out", "[headers]") {
  FakeUpstream upstream;
  const Gate later;
  upstream.always(Answer::script()
                      .head(200, {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}})
                      .chunk("data: 1\n\n")
                      .wait(later)
                      .chunk("data: [DONE]\n\n")
                      .last_chunk());
  Serve serve;
  HttpClient client(serve.port());
  client.send(request_text("POST", "/v1/chat/completions",
                           openai(upstream, {{"x-portkey-request-timeout", "2000"}}),
                           chat_request("hi", true)));
  CHECK(client.read_until("data: 1\n\n") == "data: 1\n\n");
  // A second call, which does time out, says that more than those 2000 ms are over.
  upstream.always(Answer::script().hang());
  CHECK(chat(serve, upstream, {{"x-portkey-request-timeout", "2100"}}).status == 408);
  later.open();
  const Reply reply = client.read_reply();
  CHECK(reply.whole);
  CHECK(reply.body == "data: 1\n\ndata: [DONE]\n\n");
}

TEST_CASE("Secrets in headers are masked in the ledger", "[headers]") {
  FakeUpstream upstream;
  Serve serve;
  const Reply reply = chat(serve, upstream,
                           {{"x-portkey-sensitive-headers", "X-Mine, x-other"},
                            {"X-Mine", "mine-secret-value-123456"},
                            {"x-other", "short"},
                            {"x-api-key", "xk-abcdefghijklmnopqrst"},
                            {"Cookie", "session=cookie-secret-value"},
                            {"X-Plain", "plain-value-stays"}});
  const std::string shown = run_pk(serve.data(), {"logs", "show", reply.header("x-pk-log-id"), "--json"}).out;
  for (const char* secret : {"sk-test-0123456789abcdef", "mine-secret-value-123456", "short\"",
                             "xk-abcdefghijklmnopqrst", "cookie-secret-value"}) {
    INFO(secret);
    CHECK(shown.find(secret) == std::string::npos);
  }
  CHECK(shown.find("plain-value-stays") != std::string::npos);
  CHECK(shown.find("mi********456") != std::string::npos);
}

TEST_CASE("A key echoed in the upstream's error is masked too", "[headers]") {
  FakeUpstream upstream;
  upstream.always(
      Answer::json(401, R"({"error":{"message":"Incorrect API key provided: sk-test-0123456789abcdef"}})"));
  Serve serve;
  const Reply reply = chat(serve, upstream);
  CHECK(reply.status == 401);
  CHECK(reply.body.find("Incorrect API key provided") != std::string::npos);
  const std::string shown = run_pk(serve.data(), {"logs", "show", reply.header("x-pk-log-id"), "--json"}).out;
  CHECK(shown.find("sk-test-0123456789abcdef") == std::string::npos);
}

TEST_CASE("An upstream's error comes back with its status, its body and all headers", "[headers]") {
  FakeUpstream upstream;
  const std::string error =
      R"({"error":{"message":"slow down","type":"rate_limit","param":null,"code":"x"}})";
  upstream.always(Answer::script()
                      .head(429, {{"Content-Type", "application/json"},
                                  {"Retry-After", "7"},
                                  {"Content-Length", std::to_string(error.size())}})
                      .bytes(error));
  Serve serve;
  const Reply reply = chat(serve, upstream);
  CHECK(reply.status == 429);
  CHECK(reply.header("retry-after") == "7");
  CHECK(reply.header("x-portkey-trace-id") != "");
  CHECK(reply.header("x-portkey-provider") == "openai");
  CHECK(at(parse_json(reply.body), "/error/type") == "rate_limit");
  CHECK(at(parse_json(reply.body), "/error/message").find("slow down") != std::string::npos);
  const auto record = log_of(serve.data(), reply.header("x-pk-log-id"));
  CHECK(at(record, "/ok") == "false");
  CHECK(at(record, "/error").find("slow down") != std::string::npos);
}

TEST_CASE("An upstream that is not there is a 5xx with all headers, and recorded", "[headers]") {
  const ClosedPort closed;
  Serve serve;
  const Reply reply = request(serve.port(), "POST", "/v1/chat/completions",
                              {{"Content-Type", "application/json"},
                               {"x-portkey-provider", "openai"},
                               {"x-portkey-custom-host", closed.url()}},
                              chat_request());
  REQUIRE(reply.whole);
  CHECK(reply.status / 100 == 5);
  CHECK(reply.header("x-portkey-trace-id") != "");
  CHECK(at(parse_json(reply.body), "/error/message") != "");
  const auto record = log_of(serve.data(), reply.header("x-pk-log-id"));
  CHECK(at(record, "/ok") == "false");
  CHECK(at(record, "/error") != "null");
}
