// What a target has from the config around it, and what it does not.
#include "conformance/configs.h"
#include "support/catch.h"

using namespace pk::test;

namespace {

// The body that reached the only target of a config with `outer` around `inner`.
boost::json::value sent_with(const std::string& outer, const std::string& inner, const std::string& body) {
  FakeUpstream upstream;
  Serve serve;
  const Reply reply = ask(serve, strategy("fallback", {target(upstream, inner)}, outer), {}, body);
  CHECK(reply.status == 200);
  return parse_json(upstream.seen(0).body);
}

}  // namespace

TEST_CASE("override_params are merged, and the inner value wins", "[inheritance]") {
  const auto sent =
      sent_with(R"("override_params":{"model":"outer","temperature":0.5})",
                R"("override_params":{"model":"inner","top_p":0.1})", R"({"model":"asked","seed":1})");
  CHECK(at(sent, "/model") == "inner");
  CHECK(at(sent, "/temperature") == "5E-1");
  CHECK(at(sent, "/top_p") == "1E-1");
  CHECK(at(sent, "/seed") == "1");
}

TEST_CASE("Defaults fill what is absent, overrides replace, drops take away: in this order, all inherited",
          "[inheritance]") {
  const auto sent =
      sent_with(R"("default_params":{"seed":1,"n":1,"stop":"x"},"drop_params":["user","deep.a"])",
                R"("default_params":{"seed":2},"override_params":{"n":2},"drop_params":["stop"])",
                R"({"model":"m","user":"u","deep":{"a":1,"b":2}})");
  CHECK(at(sent, "/seed") == "2");
  CHECK(at(sent, "/n") == "2");
  CHECK(at(sent, "/stop") == "(nothing)");
  CHECK(at(sent, "/user") == "(nothing)");
  CHECK(at(sent, "/deep") == R"({"b":2})");
  CHECK(at(sent_with(R"("default_params":{"seed":1})", "", R"({"seed":7})"), "/seed") == "7");
}

TEST_CASE("A target's retry replaces the one around it whole, and is inherited where there is none",
          "[inheritance]") {
  FakeUpstream upstream;
  upstream.always(busy({{"retry-after-ms", "5"}}));
  Serve serve;
  const std::string outer = R"("retry":{"attempts":2,"use_retry_after_header":true})";
  ask(serve, strategy("loadbalance", {target(upstream)}, outer));
  CHECK(upstream.seen_count() == 3);
  // Were the rest of the outer one left in it, the wait would be 5 ms and not a second.
  const Reply own =
      ask(serve, strategy("loadbalance", {target(upstream, R"("retry":{"attempts":1})")}, outer));
  CHECK(upstream.seen_count() == 5);
  CHECK(std::stod(at(record_of(serve, own), "/attempts/1/wait_ms")) == 1000);
}

TEST_CASE("A nested strategy hands on what it has", "[inheritance]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string inner = strategy("fallback", {target(upstream)}, R"("override_params":{"n":2})");
  ask(serve, strategy("fallback", {inner}, R"("override_params":{"n":1,"model":"outer"})"));
  const auto sent = parse_json(upstream.seen(0).body);
  CHECK(at(sent, "/n") == "2");
  CHECK(at(sent, "/model") == "outer");
}

TEST_CASE("Time-out, custom host and headers to forward are inherited, the target's own go first",
          "[inheritance]") {
  FakeUpstream outer, inner;
  Serve serve;
  const std::string bare = R"({"provider":"openai","api_key":"k"})";
  const std::string open = R"("custom_host":")" + outer.url() + R"(","forward_headers":["x-one"])";
  const std::string around = open + R"(,"request_timeout":250)";
  CHECK(ask(serve, strategy("fallback", {bare}, open), {{"X-One", "1"}, {"X-Two", "2"}}).status == 200);
  CHECK(outer.seen(0).header("x-one") == "1");
  CHECK(outer.seen(0).header("x-two").empty());
  CHECK(ask(serve, strategy("fallback", {target(inner, R"("forward_headers":["x-two"])")}, open),
            {{"X-One", "1"}, {"X-Two", "2"}})
            .status == 200);
  CHECK(inner.seen(0).header("x-one").empty());
  CHECK(inner.seen(0).header("x-two") == "2");
  outer.always(Answer::script().hang());
  CHECK(ask(serve, strategy("fallback", {bare}, around)).body.find("250ms") != std::string::npos);
  inner.always(Answer::script().hang());
  CHECK(ask(serve, strategy("fallback", {target(inner, R"("request_timeout":150)")}, around))
            .body.find("150ms") != std::string::npos);
}

TEST_CASE("Provider and key are not inherited", "[inheritance]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string nameless = R"({"custom_host":")" + upstream.url() + R"(","request_timeout":1000})";
  const std::string outer = R"("provider":"openai","api_key":"k-of-the-outer")";
  const Reply reply = ask(serve, strategy("fallback", {nameless}, outer));
  CHECK(reply.status == 400);
  CHECK(upstream.seen_count() == 0);
  // The request's provider and key are there for a target that names none.
  ask(serve, strategy("fallback", {nameless}, outer),
      {{"x-portkey-provider", "openai"}, {"Authorization", "Bearer k-asked"}});
  CHECK(upstream.seen(0).header("authorization") == "Bearer k-asked");
}
