// H: what goes upstream, and what every reply says.
#include "conformance/configs.h"
#include "support/catch.h"

using namespace pk::test;

TEST_CASE("H1: a plain chat says its trace, its provider and that nothing was retried", "[headers]") {
  FakeUpstream upstream;
  Serve serve;
  const Reply reply = chat(serve, upstream, {{"x-portkey-trace-id", "t1"}});
  CHECK(reply.status == 200);
  CHECK(reply.header("x-portkey-trace-id") == "t1");
  CHECK(reply.header("x-portkey-retry-attempt-count") == "0");
  CHECK(reply.header("x-portkey-cache-status") == "DISABLED");
  CHECK(reply.header("x-portkey-last-used-option-index") == "config");
  CHECK(reply.header("x-portkey-provider") == "openai");
  CHECK(reply.header("x-portkey-gateway-exception").empty());
  const auto record = record_of(serve, reply);
  CHECK(at(record, "/trace_id") == "t1");
  CHECK(status_of(record) == "cache-disabled,retry-not-triggered,fallback-disabled,loadbalance-disabled");
}

TEST_CASE("H2: a trace id is made where none is given, for each request its own", "[headers]") {
  FakeUpstream upstream;
  Serve serve;
  const Reply one = chat(serve, upstream), other = chat(serve, upstream);
  CHECK_FALSE(one.header("x-portkey-trace-id").empty());
  CHECK(one.header("x-portkey-trace-id") != other.header("x-portkey-trace-id"));
}

TEST_CASE("H4: the upstream gets the key and the body as it is, and nothing that is for the gateway",
          "[headers]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string body =
      R"({"model":"m", "foo":1e2,"seed":12345678901234567890,"messages":[{"role":"user","content":"hi"}]})";
  for (const HeaderList& headers :
       {openai(upstream), under(target(upstream), {{"Authorization", "Bearer k-unused"}})}) {
    request(serve.port(), "POST", "/v1/chat/completions", headers, body);
    const SeenRequest seen = upstream.seen(upstream.seen_count() - 1);
    CHECK(seen.body == body);
    for (const auto& [name, value] : seen.headers) CHECK(name.find("portkey") == std::string::npos);
  }
  CHECK(upstream.seen(0).header("authorization") == "Bearer sk-test-0123456789abcdef");
  CHECK(upstream.seen(1).header("authorization") == "Bearer k-of-target");
}

TEST_CASE("The request's key is for the provider that the request names, never for a config's", "[headers]") {
  FakeUpstream upstream;
  Serve serve;
  // A provider of the config's own without a key: none is made up.
  const std::string config = R"({"provider":"openai","custom_host":")" + upstream.url() + "\"}";
  ask(serve, config, {{"Authorization", "Bearer k-of-the-request"}, {"x-portkey-provider", "groq"}});
  CHECK(upstream.seen(0).header("authorization").empty());
  ask(serve, R"({"custom_host":")" + upstream.url() + R"(","retry":{"attempts":1}})",
      {{"Authorization", "Bearer k-of-the-request"}, {"x-portkey-provider", "groq"}});
  CHECK(upstream.seen(1).header("authorization") == "Bearer k-of-the-request");
}

TEST_CASE("H6: override_params change the body, and keep the digits of all the rest", "[headers]") {
  FakeUpstream upstream;
  Serve serve;
  const Reply reply = ask(serve, target(upstream, R"("override_params":{"model":"z","temperature":0.70})"),
                          {}, R"({"model":"m","seed":12345678901234567890,"top_p":1.0,"messages":[]})");
  CHECK(reply.status == 200);
  const std::string sent = upstream.seen(0).body;
  CHECK(at(parse_json(sent), "/model") == "z");
  for (const char* kept : {"12345678901234567890", "1.0", "0.70"})
    CHECK(sent.find(kept) != std::string::npos);
  const auto record = record_of(serve, reply);
  CHECK(at(record, "/requested_model") == "m");
  CHECK(at(record, "/attempts/0/model") == "z");
}

TEST_CASE("H7: an endpoint that the provider does not have is a 500 of the gateway", "[headers]") {
  Serve serve;
  const Reply reply = request(serve.port(), "POST", "/v1/embeddings",
                              {{"Content-Type", "application/json"},
                               {"x-portkey-provider", "anthropic"},
                               {"Authorization", "Bearer k"}},
                              R"({"model":"m","input":"x"})");
  CHECK(reply.status == 500);
  CHECK(reply.header("x-portkey-gateway-exception") == "true");
  CHECK(at(parse_json(reply.body), "/message") == "embed is not supported by anthropic");
  check_headers(reply);
  CHECK(at(record_of(serve, reply), "/ok") == "false");
}

TEST_CASE("Every reply of a route says all that replies say, whatever its status", "[headers]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string both = strategy("fallback", {target(upstream), target(upstream)});
  for (int status : {200, 204, 301, 400, 401, 404, 429, 500, 503}) {
    INFO(status);
    upstream.always(status == 204 ? Answer::script().head(204, {}) : Answer::json(status, chat_body()));
    const Reply reply = ask(serve, both, {{"x-portkey-trace-id", "t"}});
    CHECK(reply.status == status);
    check_headers(reply);
    CHECK(reply.header("x-portkey-trace-id") == "t");
    CHECK(reply.header("x-portkey-provider") == "openai");
  }
  for (const char* path : {"/v1/models", "/v1/files/f", "/v1/any/thing"}) {
    const Reply reply = request(serve.port(), "DELETE", path, under(both));
    check_headers(reply);
  }
}

TEST_CASE("Headers that are to be forwarded are, the request's list before the config's", "[headers]") {
  FakeUpstream upstream;
  Serve serve;
  const HeaderList mine{{"X-One", "1"}, {"X-Two", "2"}};
  ask(serve, target(upstream, R"("forward_headers":["x-one"])"), mine);
  CHECK(upstream.seen(0).header("x-one") == "1");
  CHECK(upstream.seen(0).header("x-two").empty());
  HeaderList asked = mine;
  asked.emplace_back("x-portkey-forward-headers", "x-two");
  ask(serve, target(upstream, R"("forward_headers":["x-one"])"), asked);
  CHECK(upstream.seen(1).header("x-one").empty());
  CHECK(upstream.seen(1).header("x-two") == "2");
}

TEST_CASE("The request's custom host goes before the config's", "[headers]") {
  FakeUpstream config_host, header_host;
  Serve serve;
  ask(serve, target(config_host), {{"x-portkey-custom-host", header_host.url("/other")}});
  CHECK(config_host.seen_count() == 0);
  CHECK(header_host.seen(0).target == "/other/chat/completions");
}
