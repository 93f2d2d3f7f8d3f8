// F: who answers where the first does not.
#include <algorithm>

#include "conformance/configs.h"
#include "support/catch.h"
#include "support/closed_port.h"

using namespace pk::test;

namespace {

struct Two {
  FakeUpstream a, b;
  Serve serve;

  std::string config(std::string_view rules = "", std::string_view more_of_a = "",
                     std::string_view more_of_b = "") const {
    return strategy("fallback", {target(a, more_of_a), target(b, more_of_b)}, "", rules);
  }
};

}  // namespace

TEST_CASE_METHOD(Two, "F1: the second target answers where the first fails", "[fallback]") {
  a.always(refused(500, "a is down"));
  b.always(ok("from b"));
  const Reply reply = ask(serve, config());
  CHECK(reply.status == 200);
  CHECK(reply.body == chat_body("from b"));
  CHECK(reply.header("x-portkey-last-used-option-index") == "config.targets[1]");
  CHECK(reply.header("x-portkey-retry-attempt-count") == "0");
  CHECK(a.seen(0).body == b.seen(0).body);
  const auto record = record_of(serve, reply);
  CHECK(status_of(record) == "cache-disabled,retry-not-triggered,fallback-active,loadbalance-disabled");
  CHECK(at(record, "/last_used_option") == "config.targets[1]");
  CHECK(at(record, "/ok") == "true");
  CHECK(at(record, "/error") == "null");
  CHECK(at(record, "/total_tokens") == "12");
  CHECK(record.at("attempts").as_array().size() == 2);
  CHECK(at(record, "/attempts/0/option") == "config.targets[0]");
  CHECK(at(record, "/attempts/0/http_status") == "500");
  CHECK(at(record, "/attempts/0/error").find("a is down") != std::string::npos);
  CHECK(at(record, "/attempts/1/http_status") == "200");
  CHECK(at(record, "/attempts/1/error") == "null");
  CHECK(logs(serve.data(), {"--status", "fallback-active"}).size() == 1);
}

TEST_CASE_METHOD(Two, "Where the first target answers the second is not asked, and the fallback was active",
                 "[fallback]") {
  const Reply reply = ask(serve, config());
  CHECK(reply.header("x-portkey-last-used-option-index") == "config.targets[0]");
  CHECK(b.seen_count() == 0);
  CHECK(at(record_of(serve, reply), "/fallback") == "active");
}

TEST_CASE_METHOD(Two, "F2: without a list any status but 2xx leads on", "[fallback]") {
  for (int status : {300, 400, 401, 404, 408, 422, 429, 500, 503, 529}) {
    INFO(status);
    a.always(refused(status));
    const Reply reply = ask(serve, config());
    CHECK(reply.status == 200);
    CHECK(reply.header("x-portkey-last-used-option-index") == "config.targets[1]");
  }
  a.always(Answer::json(201, chat_body()));
  CHECK(ask(serve, config()).status == 201);
}

TEST_CASE_METHOD(Two, "F3: with a list only what it names leads on, an empty one never does", "[fallback]") {
  a.always(refused(500));
  for (const char* rules : {R"("on_status_codes":[429])", R"("on_status_codes":[])"}) {
    const Reply reply = ask(serve, config(rules));
    CHECK(reply.status == 500);
    CHECK(reply.header("x-portkey-last-used-option-index") == "config.targets[0]");
  }
  CHECK(b.seen_count() == 0);
  CHECK(ask(serve, config(R"("on_status_codes":[429,500])")).status == 200);
  // The list beside the strategy is an older form of the one in it.
  const std::string older = strategy("fallback", {target(a), target(b)}, R"("on_status_codes":[429])");
  CHECK(ask(serve, older).status == 500);
}

TEST_CASE_METHOD(Two, "F5: where all fail the last one's answer is the answer", "[fallback]") {
  a.always(refused(500));
  b.always(refused(503, "b too"));
  const Reply reply = ask(serve, config());
  CHECK(reply.status == 503);
  CHECK(at(parse_json(reply.body), "/error/message") == "openai error: b too");
  check_headers(reply);
  const auto record = record_of(serve, reply);
  CHECK(at(record, "/ok") == "false");
  CHECK(at(record, "/error").find("b too") != std::string::npos);
}

TEST_CASE_METHOD(Two, "F6: what only a change of the config can mend does not lead on", "[fallback]") {
  // The endpoint that a's provider does not have.
  const std::string no_endpoint = strategy(
      "fallback", {R"({"provider":"anthropic","api_key":"k","custom_host":")" + a.url() + "\"}", target(b)});
  const Reply endpoint = ask_at(serve, "/v1/embeddings", no_endpoint, {}, R"({"model":"m","input":"x"})");
  CHECK(endpoint.status == 500);
  CHECK(endpoint.header("x-portkey-gateway-exception") == "true");
  // A key that is not there.
  const Reply key = ask(serve, strategy("fallback", {R"({"virtual_key":"none"})", target(b)}));
  CHECK(key.status == 400);
  // An address that may not be called: pk itself.
  const std::string self = R"({"provider":"openai","api_key":"k","custom_host":"http://127.0.0.1:)" +
                           std::to_string(serve.port()) + "/v1\"}";
  CHECK(ask(serve, strategy("fallback", {self, target(b)})).status == 400);
  CHECK(b.seen_count() == 0);
}

TEST_CASE_METHOD(Two, "F8: a first target that is too slow is left for the second", "[fallback]") {
  a.always(Answer::script().hang());
  const Reply reply = ask(serve, strategy("fallback", {target(a, R"("request_timeout":200)"), target(b)}));
  CHECK(reply.status == 200);
  CHECK(reply.header("x-portkey-last-used-option-index") == "config.targets[1]");
  a.wait_peer_left(1);
  const auto record = record_of(serve, reply);
  CHECK(at(record, "/attempts/0/http_status") == "408");
  CHECK(at(record, "/attempts/0/error") != "null");
  CHECK(std::stod(at(record, "/attempts/0/latency_ms")) >= 200);
}

TEST_CASE_METHOD(Two,
                 "A target that is not there, or breaks off before its answer begins, is left for the next",
                 "[fallback]") {
  const ClosedPort closed;
  const std::string dead = R"({"provider":"openai","api_key":"k","custom_host":")" + closed.url() + "/v1\"}";
  CHECK(ask(serve, strategy("fallback", {dead, target(b)})).status == 200);
  a.always(Answer::script().reset());
  CHECK(ask(serve, config()).status == 200);
  a.always(Answer::script().bytes("SSH-2.0-OpenSSH_9.2\r\n\r\n").close());
  CHECK(ask(serve, config()).status == 200);
  CHECK(b.seen_count() == 3);
  CHECK(ask(serve, strategy("fallback", {target(b), dead})).status == 200);
  b.always(refused(500));
  const Reply last_dead = ask(serve, strategy("fallback", {target(b), dead}));
  CHECK(last_dead.status == 502);
  check_headers(last_dead);
}

TEST_CASE_METHOD(Two, "Each target runs its own retries before the next is asked", "[fallback]") {
  a.always(busy({{"retry-after-ms", "10"}}));
  b.next(busy({{"retry-after-ms", "10"}}));
  const std::string retry = R"("retry":{"attempts":2,"use_retry_after_header":true})";
  const Reply reply = ask(serve, config("", retry, retry));
  CHECK(reply.status == 200);
  CHECK(a.seen_count() == 3);
  CHECK(b.seen_count() == 2);
  CHECK(reply.header("x-portkey-retry-attempt-count") == "1");
  const auto record = record_of(serve, reply);
  CHECK(status_of(record) == "cache-disabled,retry-success,fallback-active,loadbalance-disabled");
  CHECK(at(record, "/retry_attempts") == "1");
  CHECK(record.at("attempts").as_array().size() == 5);
}

TEST_CASE_METHOD(Two,
                 "A strategy within another sees what came of its own targets, and the outer what came of it",
                 "[fallback]") {
  FakeUpstream c;
  a.always(refused(429));
  b.always(refused(500));
  c.always(ok("from c"));
  const std::string inner = config(R"("on_status_codes":[429])");
  const Reply outer_any = ask(serve, strategy("fallback", {inner, target(c)}));
  CHECK(outer_any.status == 200);
  CHECK(outer_any.header("x-portkey-last-used-option-index") == "config.targets[1]");
  CHECK(at(record_of(serve, outer_any), "/attempts/1/option") == "config.targets[0].targets[1]");
  const Reply listed = ask(serve, strategy("fallback", {inner, target(c)}, "", R"("on_status_codes":[429])"));
  CHECK(listed.status == 500);
  CHECK(listed.header("x-portkey-last-used-option-index") == "config.targets[0].targets[1]");
  CHECK(c.seen_count() == 1);
}

TEST_CASE_METHOD(Two, "A stream comes whole from the second target, and once begun from no other",
                 "[fallback]") {
  a.always(refused(500));
  b.always(Answer::sse(chat_events({"al", "pha"})));
  const Reply whole = ask(serve, config(), {}, chat_request("hi", true));
  CHECK(whole.status == 200);
  CHECK(whole.body.ends_with("data: [DONE]\n\n"));
  CHECK(at(record_of(serve, whole), "/total_tokens") == "12");
  a.always(Answer::script()
               .head(200, {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}})
               .chunk("data: {}\n\n")
               .reset());
  const Reply cut = ask(serve, config(), {}, chat_request("hi", true));
  CHECK_FALSE(cut.whole);
  CHECK(b.seen_count() == 1);
  const auto record = record_of(serve, cut);
  CHECK(at(record, "/ok") == "false");
  CHECK(at(record, "/state") == "complete");
  CHECK(at(record, "/last_used_option") == "config.targets[0]");
}

TEST_CASE_METHOD(Two, "The answers of targets that failed leave nothing in the reply", "[fallback]") {
  a.always(Answer::script().head(500, {{"X-Of-A", "1"}, {"Content-Length", "3"}}).bytes("bad"));
  const Reply reply = ask(serve, config());
  CHECK(reply.header("x-of-a").empty());
  CHECK(reply.body == chat_body());
}

TEST_CASE_METHOD(Two, "An error that never ends does not keep the next target waiting", "[fallback]") {
  a.always(Answer::script().head(500, {{"Content-Length", "100"}}).bytes("half").hang());
  const Reply reply = ask(serve, config());
  CHECK(reply.status == 200);
  CHECK(std::stod(at(record_of(serve, reply), "/latency_ms")) < 3000);
}

TEST_CASE_METHOD(Two, "Providers of different forms stand in for each other", "[fallback]") {
  const std::string anthropic =
      R"({"provider":"anthropic","api_key":"k-a","override_params":{"model":"claude-x"},"custom_host":")" +
      a.url() + "\"}";
  a.always(Answer::json(
      200,
      R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[{"type":"text","text":"from anthropic"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":2}})"));
  b.always(refused(500));
  const std::string body = R"({"model":"gpt-x","max_tokens":5,"messages":[{"role":"user","content":"hi"}]})";
  const Reply reply = ask(serve, strategy("fallback", {target(b), anthropic}), {}, body);
  CHECK(reply.status == 200);
  CHECK(at(parse_json(reply.body), "/choices/0/message/content") == "from anthropic");
  CHECK(reply.header("x-portkey-provider") == "anthropic");
  CHECK(at(parse_json(b.seen(0).body), "/model") == "gpt-x");
  CHECK(at(parse_json(a.seen(0).body), "/model") == "claude-x");
  const auto record = record_of(serve, reply);
  CHECK(at(record, "/provider") == "anthropic");
  CHECK(at(record, "/model") == "claude-x");
  CHECK(at(record, "/attempts/0/provider") == "openai");
  CHECK(at(record, "/total_tokens") == "5");
}

TEST_CASE_METHOD(Two, "The second target gets the whole body, tracked or not, however large", "[fallback]") {
  a.always(refused(500));
  const std::string body = chat_request(std::string(3'000'000, 'x'));
  std::size_t calls = 0;
  for (const char* debug : {"true", "false"}) {
    CHECK(ask(serve, config(), {{"x-portkey-debug", debug}}, body).status == 200);
    CHECK(b.seen(calls++).body == body);
  }
  const auto rows = logs(serve.data());
  REQUIRE(rows.size() == 2);
  for (const auto& row : rows) CHECK(at(row, "/fallback") == "active");
  // Of an untracked call an attempt keeps the class of its error alone.
  const auto row = std::ranges::find_if(rows, [](const auto& one) { return at(one, "/tracked") == "false"; });
  REQUIRE(row != rows.end());
  const auto untracked = log_of(serve.data(), at(*row, "/id"));
  CHECK(at(untracked, "/attempts/0/error") == "upstream-error");
}

TEST_CASE_METHOD(Two, "The demo can stand in, and fail, like any provider", "[fallback]") {
  a.always(refused(500));
  const Reply in = ask(serve, strategy("fallback", {target(a), R"({"provider":"demo"})"}));
  CHECK(in.status == 200);
  CHECK(in.header("x-portkey-provider") == "demo");
  const std::string failing = R"({"provider":"demo","override_params":{"model":"demo-error-503"}})";
  const Reply out = ask(serve, strategy("fallback", {failing, target(b)}));
  CHECK(out.status == 200);
  CHECK(out.header("x-portkey-last-used-option-index") == "config.targets[1]");
  CHECK(at(record_of(serve, out), "/attempts/0/http_status") == "503");
}

TEST_CASE_METHOD(Two, "Secrets of every target are masked in the record, those a target echoes too",
                 "[fallback]") {
  const std::string key_a = "sk-target-a-zyxwvutsrq", key_b = "sk-target-b-zyxwvutsrq";
  a.always(refused(401, "no such key: " + key_a));
  b.always(refused(401, "no such key: " + key_b));
  const auto keyed = [](const FakeUpstream& upstream, const std::string& key) {
    return R"({"provider":"openai","api_key":")" + key + R"(","custom_host":")" + upstream.url() + "\"}";
  };
  const Reply reply = ask(serve, strategy("fallback", {keyed(a, key_a), keyed(b, key_b)}));
  CHECK(reply.status == 401);
  const std::string shown = run_pk(serve.data(), {"logs", "show", reply.header("x-pk-log-id"), "--json"}).out;
  CHECK(shown.find("zyxwvutsrq") == std::string::npos);
  CHECK(shown.find("no such key") != std::string::npos);
}
