// The gateway as its clients see it, with the built-in provider: no network.
#include "gateway/gateway.h"

#include "base/json.h"
#include "gateway/fakes.h"
#include "support/catch.h"

using namespace pk::test;
using pk::gateway::Stats;
using pk::http::Headers;
using pk::http::Malformed;
using pk::log::LogRecord;

namespace {

constexpr const char* k_headers[] = {"x-portkey-trace-id", "x-portkey-cache-status",
                                     "x-portkey-retry-attempt-count", "x-portkey-last-used-option-index"};

bool has_all_headers(const FakeResponder& responder) {
  for (const char* name : k_headers)
    if (responder.header(name).empty()) return false;
  return true;
}

pk::http::Request get(std::string target, Headers headers = {}) {
  return request_of("GET", std::move(target), std::move(headers));
}

}  // namespace

TEST_CASE("The demo provider answers chat, completions, embeddings and models without a network") {
  RecordingSink sink;
  TestGateway gateway(sink);
  struct Case {
    pk::http::Request request;
    const char* endpoint;
    const char* holds;
  };
  const Headers demo = {{"x-portkey-provider", "demo"}, {"content-type", "application/json"}};
  std::vector<Case> cases;
  cases.push_back({chat_of("demo", {}, false, "demo-1"), "chat-completions", "hello there"});
  cases.push_back({request_of("POST", "/v1/completions", demo, R"({"model":"demo-1","prompt":"a prompt"})"),
                   "completions", "a prompt"});
  cases.push_back({request_of("POST", "/v1/embeddings", demo, R"({"model":"demo-embed","input":"text"})"),
                   "embeddings", "\"embedding\""});
  cases.push_back({get("/v1/models", demo), "other", "demo-mini"});
  for (Case& c : cases) {
    INFO(c.endpoint);
    const FakeResponder responder = gateway.answer(std::move(c.request));
    CHECK(responder.status() == 200);
    CHECK(responder.whole);
    CHECK(pk::is_json(responder.sent));
    CHECK(responder.sent.find(c.holds) != std::string::npos);
    CHECK(has_all_headers(responder));
    CHECK(responder.header("x-portkey-provider") == "demo");
    const LogRecord& record = sink.closed.back();
    CHECK(record.ok);
    CHECK(pk::log::slug(record.endpoint) == c.endpoint);
    CHECK(record.id.text() == responder.header("x-pk-log-id"));
    CHECK(record.response->body == responder.sent);
  }
  CHECK(sink.opened.size() == cases.size());
  CHECK(sink.closed.size() == cases.size());
  CHECK(sink.closed[0].total_tokens);
  CHECK(sink.closed[0].cost_usd);
  CHECK(gateway.stats.requests == cases.size());
  CHECK(gateway.stats.by_class[2] == cases.size());
}

TEST_CASE("The demo provider streams, and its stream's end waits for the record") {
  RecordingSink sink;
  TestGateway gateway(sink);
  FakeResponder responder;
  bool whole_at_close = true, ended_at_close = true;
  sink.on_close = [&] {
    whole_at_close = responder.whole;
    ended_at_close = responder.sent.find("[DONE]") != std::string::npos;
  };
  gateway.serve(chat_of("demo", {}, true, "demo-1"), responder);
  CHECK(responder.whole);
  CHECK(responder.sent.ends_with("data: [DONE]\n\n"));
  CHECK(responder.flushes > 3);
  CHECK_FALSE(whole_at_close);
  CHECK_FALSE(ended_at_close);
  CHECK(sink.closed[0].stream);
  CHECK(sink.closed[0].total_tokens);
}

TEST_CASE("Each failure that a model name asks for comes as it was asked") {
  RecordingSink sink;
  TestGateway gateway(sink);
  for (const int status : {400, 401, 404, 429, 500, 503, 529}) {
    const FakeResponder responder =
        gateway.answer(chat_of("demo", {}, false, "demo-error-" + std::to_string(status)));
    CHECK(responder.status() == status);
    CHECK(responder.sent.find("demo error: ") != std::string::npos);
    CHECK(has_all_headers(responder));
    CHECK_FALSE(sink.closed.back().ok);
    CHECK(sink.closed.back().http_status == status);
  }
}

TEST_CASE("A refusal has its status, its text, all headers and one record") {
  const Headers json = {{"content-type", "application/json"}};
  const Headers demo = {{"content-type", "application/json"}, {"x-portkey-provider", "demo"}};
  struct Case {
    const char* title;
    pk::http::Request request;
    int status;
    const char* text;
  };
  std::vector<Case> cases;
  cases.push_back({"no provider", request_of("POST", "/v1/chat/completions", json, "{}"), 400,
                   "Either x-portkey-config or x-portkey-provider header is required"});
  cases.push_back({"no provider on another route", get("/v1/files"), 400, "Either x-portkey-config"});
  cases.push_back({"no provider on the proxy route", request_of("POST", "/v1/proxy/x", json, "{}"), 400,
                   "Either x-portkey-config"});
  cases.push_back({"a content type before a broken body",
                   request_of("POST", "/v1/embeddings", {{"content-type", "text/plain"}}, "{bad"), 400,
                   "Invalid content type passed"});
  cases.push_back({"an unknown provider", chat_of("nobody"), 400, "Invalid provider passed"});
  cases.push_back({"a body that is no JSON", request_of("POST", "/v1/chat/completions", demo, "{bad"), 400,
                   "request body is not valid JSON"});
  cases.push_back({"no body", request_of("POST", "/v1/completions", demo), 400, "request body is empty"});
  cases.push_back(
      {"an array", request_of("POST", "/v1/responses", demo, "[]"), 400, "must be a JSON object"});
  cases.push_back({"hooks",
                   request_of("POST", "/v1/chat/completions",
                              {{"x-portkey-config", R"({"provider":"demo","input_guardrails":[]})"}}, "{}"),
                   400, "input_guardrails"});
  cases.push_back({"an empty provider in a config",
                   request_of("POST", "/v1/chat/completions",
                              {{"x-portkey-config", R"({"provider":"","request_timeout":5})"}}, "{}"),
                   400, "Invalid config passed"});
  cases.push_back({"an endpoint that is not offered",
                   request_of("POST", "/v1/embeddings", {{"x-portkey-provider", "anthropic"}}, "{}"), 500,
                   "embed is not supported by anthropic"});
  cases.push_back({"an upgrade",
                   get("/v1/realtime", {{"Upgrade", "websocket"}, {"x-portkey-provider", "demo"}}), 501,
                   "not offered"});
  RecordingSink sink;
  TestGateway gateway(sink);
  for (Case& c : cases) {
    INFO(c.title);
    const std::size_t before = sink.closed.size();
    const std::string body = c.request.body;
    const FakeResponder responder = gateway.answer(std::move(c.request));
    CHECK(responder.status() == c.status);
    CHECK(responder.whole);
    CHECK(pk::is_json(responder.sent));
    CHECK(responder.sent.starts_with(R"({"status":"failure","message":)"));
    CHECK(responder.sent.find(R"("error":{"message":)") != std::string::npos);
    CHECK(responder.sent.find(c.text) != std::string::npos);
    CHECK(responder.header("content-type") == "application/json");
    CHECK(has_all_headers(responder));
    REQUIRE(sink.closed.size() == before + 1);
    const LogRecord& record = sink.closed.back();
    CHECK(record.id.text() == responder.header("x-pk-log-id"));
    CHECK(record.http_status == c.status);
    CHECK_FALSE(record.ok);
    CHECK_FALSE(record.error.empty());
    CHECK(record.attempts.empty());
    REQUIRE(record.request);
    CHECK(record.request->body == body);
    CHECK(record.response->body == responder.sent);
  }
  CHECK(sink.opened.empty());
}

TEST_CASE("A 500 for what a provider does not offer bears the reference's mark") {
  RecordingSink sink;
  TestGateway gateway(sink);
  const FakeResponder responder =
      gateway.answer(request_of("POST", "/v1/embeddings", {{"x-portkey-provider", "anthropic"}}, "{}"));
  CHECK(responder.header("x-portkey-gateway-exception") == "true");
  CHECK(gateway.answer(chat_of("nobody")).header("x-portkey-gateway-exception").empty());
}

TEST_CASE("Who may not call is counted, and has no record") {
  RecordingSink sink;
  TestGateway gateway(sink);
  pk::http::Request rebound = chat_of("demo");
  rebound.headers[0].second = "evil.example";
  const FakeResponder bad_host = gateway.answer(std::move(rebound));
  CHECK(bad_host.status() == 400);
  const FakeResponder foreign = gateway.answer(chat_of("demo", {{"Origin", "http://evil.example"}}));
  CHECK(foreign.status() == 403);
  for (const FakeResponder* responder : {&bad_host, &foreign}) {
    CHECK(has_all_headers(*responder));
    CHECK(responder->header("x-pk-log-id").empty());
    CHECK(pk::is_json(responder->sent));
  }
  CHECK(sink.opened.empty());
  CHECK(sink.closed.empty());
  CHECK(gateway.stats.refused == 2);
}

TEST_CASE("A path that is no route is the reference's 404, without a record") {
  RecordingSink sink;
  TestGateway gateway(sink);
  for (const char* target : {"/", "/nope", "/v1", "/v2/models", "/v1/logs", "/v1/logs/x", "/v1/configs",
                             "/v1/prompts/a/b", "/v1/feedback"}) {
    INFO(target);
    const FakeResponder responder = gateway.answer(get(target, {{"x-portkey-provider", "demo"}}));
    CHECK(responder.status() == 404);
    CHECK(responder.sent == R"({"message":"Not Found","ok":false})");
    CHECK_FALSE(responder.header("x-portkey-trace-id").empty());
  }
  CHECK(sink.closed.empty());
  // Not every path that begins like one of ours is ours.
  CHECK(gateway.answer(get("/v1/logsomething", {{"x-portkey-provider", "demo"}})).status() == 404);
  CHECK(sink.closed.size() == 1);
}

TEST_CASE("A malformed request is answered, and has a record if its head was understood") {
  RecordingSink sink;
  TestGateway gateway(sink);
  const FakeResponder unknown =
      gateway.answer_malformed({}, {400, "malformed HTTP request: bad method", false});
  CHECK(unknown.status() == 400);
  CHECK(has_all_headers(unknown));
  CHECK(unknown.sent.find("bad method") != std::string::npos);
  CHECK(sink.closed.empty());
  CHECK(gateway.stats.refused == 1);

  const FakeResponder large =
      gateway.answer_malformed(chat_of("demo"), {413, "the request's body is over the limit", true});
  CHECK(large.status() == 413);
  CHECK(has_all_headers(large));
  REQUIRE(sink.closed.size() == 1);
  CHECK(sink.closed[0].http_status == 413);
  CHECK(sink.closed[0].path == "/v1/chat/completions");
  CHECK(sink.closed[0].error == "the request's body is over the limit");
  CHECK(gateway.answer_malformed(chat_of("demo"), {431, "too much", true}).status() == 431);
}

TEST_CASE("A ledger that takes nothing is no reason not to serve, but it is counted") {
  pk::log::LostSink lost;
  TestGateway gateway(lost);
  const FakeResponder responder = gateway.answer(chat_of("demo", {}, false, "demo-1"));
  CHECK(responder.status() == 200);
  CHECK(responder.whole);
  CHECK(lost.lost() == 1);
  CHECK(gateway.stats.unlogged_served == 1);
}

TEST_CASE("Where a request that cannot be logged is to be refused, it is 503 and nothing is called") {
  FakeUpstream upstream;
  pk::log::LostSink lost;
  TestGateway gateway(lost);
  gateway.rules.refuse_unlogged = true;
  gateway.use_rules();
  const FakeResponder responder = gateway.answer(chat_to(upstream));
  CHECK(responder.status() == 503);
  CHECK(has_all_headers(responder));
  CHECK(pk::is_json(responder.sent));
  CHECK(upstream.connection_count() == 0);
  CHECK(gateway.stats.unlogged_refused == 1);

  // Taken, but on a store that is sick.
  RecordingSink sick;
  sick.is_healthy = false;
  TestGateway careful(sick);
  careful.rules.refuse_unlogged = true;
  careful.use_rules();
  CHECK(careful.answer(chat_of("demo", {}, false, "demo-1")).status() == 503);
  CHECK(sick.opened.size() == 1);
  CHECK(sick.closed.size() == 1);
  sick.is_healthy = true;
  CHECK(careful.answer(chat_of("demo", {}, false, "demo-1")).status() == 200);
}

TEST_CASE("Where nothing unlogged is to be served, an answer whose record is not kept is not whole") {
  using Fail = std::function<void(RecordingSink&)>;
  const std::vector<std::pair<const char*, Fail>> failures = {
      {"the close is not taken", [](RecordingSink& sink) { sink.takes = false; }},
      {"the store gets sick", [](RecordingSink& sink) { sink.is_healthy = false; }},
      {"the record does not come to disk in time", [](RecordingSink& sink) { sink.durable_up_to = 0; }}};
  for (const auto& [title, fail] : failures)
    for (const bool refuse : {true, false})
      for (const bool stream : {true, false}) {
        INFO(title << (refuse ? ", refused" : ", served") << (stream ? ", a stream" : ""));
        FakeUpstream upstream;
        if (stream) upstream.always(Answer::sse(chat_events({"one", "two"})));
        RecordingSink sink;
        sink.on_close = [&] { fail(sink); };
        TestGateway gateway(sink);
        gateway.rules.refuse_unlogged = refuse;
        gateway.use_rules();
        const FakeResponder responder = gateway.answer(chat_to(upstream, {}, stream));
        CHECK(responder.was_cut() == (refuse && stream));
        CHECK(responder.whole == !responder.was_cut());
        CHECK(responder.status() == (refuse && !stream ? 503 : 200));
        CHECK(gateway.stats.unlogged_refused == (refuse ? 1 : 0));
        CHECK(gateway.stats.unlogged_served == (!refuse && !sink.takes ? 1 : 0));
        if (!refuse || stream) continue;
        CHECK(has_all_headers(responder));
        CHECK(pk::is_json(responder.sent));
        CHECK(responder.sent.find("Hello there") == std::string::npos);
        CHECK(responder.length() == responder.sent.size());
      }
}

TEST_CASE("Without waiting for the disk it is enough that the ledger took the record") {
  FakeUpstream upstream;
  RecordingSink sink;
  sink.durable_up_to = 0;
  TestGateway gateway(sink);
  gateway.rules.refuse_unlogged = true;
  gateway.rules.hold_until_durable = false;
  gateway.use_rules();
  CHECK(gateway.answer(chat_to(upstream)).status() == 200);
  sink.on_close = [&] { sink.takes = false; };
  CHECK(gateway.answer(chat_to(upstream)).status() == 503);
}

TEST_CASE("An upgrade that the client can do without is passed over") {
  FakeUpstream upstream;
  RecordingSink sink;
  TestGateway gateway(sink);
  const Headers java = {
      {"Connection", "Upgrade, HTTP2-Settings"}, {"Upgrade", "h2c"}, {"HTTP2-Settings", "AAEAAEAA"}};
  CHECK(gateway.answer(chat_to(upstream, java)).status() == 200);
  for (const char* passed : {"upgrade", "http2-settings"}) CHECK(upstream.seen(0).header(passed).empty());
  for (const char* other : {"websocket", "h2c, websocket", "TLS/1.0", ""})
    CHECK(gateway.answer(chat_to(upstream, {{"Upgrade", other}})).status() == 501);
  CHECK(gateway.answer(chat_to(upstream, {{"Upgrade", "H2C"}, {"Upgrade", "websocket"}})).status() == 501);
}

TEST_CASE("A ledger that lost the opening gets the request with the end") {
  RecordingSink sink;
  sink.takes = false;
  TestGateway gateway(sink);
  pk::http::Request request = chat_of("demo", {}, false, "demo-1");
  const std::string body = request.body;
  gateway.answer(std::move(request));
  REQUIRE(sink.closed.size() == 1);
  REQUIRE(sink.closed[0].request);
  CHECK(sink.closed[0].request->body == body);
}

TEST_CASE("Ids rise from call to call, and one trace may have several") {
  RecordingSink sink;
  TestGateway gateway(sink);
  for (int i = 0; i < 5; ++i)
    gateway.answer(chat_of("demo", {{"x-portkey-trace-id", "session"}}, false, "demo-1"));
  REQUIRE(sink.closed.size() == 5);
  for (std::size_t i = 1; i < 5; ++i) {
    CHECK(sink.closed[i - 1].id < sink.closed[i].id);
    CHECK(sink.closed[i].trace_id == "session");
  }
}

TEST_CASE("A default provider serves a client that can set no header") {
  RecordingSink sink;
  TestGateway gateway(sink);
  gateway.rules.plan.default_provider = "demo";
  gateway.use_rules();
  const FakeResponder responder =
      gateway.answer(request_of("POST", "/v1/chat/completions", {{"content-type", "application/json"}},
                                R"({"model":"demo-1","messages":[{"role":"user","content":"hi"}]})"));
  CHECK(responder.status() == 200);
  CHECK(responder.header("x-portkey-provider") == "demo");
}

TEST_CASE("A body that ends a demo stream early is passed as it is") {
  RecordingSink sink;
  TestGateway gateway(sink);
  const FakeResponder responder = gateway.answer(chat_of("demo", {}, true, "demo-cut"));
  CHECK(responder.status() == 200);
  CHECK(responder.sent.find("[DONE]") == std::string::npos);
  CHECK(sink.closed.size() == 1);
}
