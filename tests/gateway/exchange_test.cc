// One request from receipt to record: who may ask, clients that leave in every phase, and what a record never
// holds. Against scripted upstreams on loopback.
#include "gateway/exchange.h"

#include "base/json.h"
#include "gateway/exchange_fixture.h"
#include "gateway/record_text.h"
#include "gateway/saved_things.h"
#include "support/catch.h"

using namespace pk::test;
using pk::config::Scope;
using pk::http::Headers;
using pk::log::LogRecord;
using pk::log::State;

namespace {

constexpr const char* k_proxy_secret = "pk-secret-that-may-call-1234567890";
constexpr const char* k_read_secret = "pk-secret-that-may-read-1234567890";

pk::config::Saved with_keys() {
  pk::config::Saved saved;
  saved.add(pk::config::key_hash(k_proxy_secret), api_key("caller", {Scope::proxy}));
  saved.add(pk::config::key_hash(k_read_secret), api_key("reader", {Scope::read}));
  return saved;
}

void use(TestGateway& gateway, pk::config::Saved saved) {
  gateway.rules.plan.saved = std::make_shared<pk::config::Saved>(std::move(saved));
  gateway.use_rules();
}

std::string text_of(const RecordingSink& sink) {
  std::string all;
  for (const LogRecord& record : sink.opened) all += all_text(record);
  for (const LogRecord& record : sink.closed) all += all_text(record);
  return all;
}

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Two targets, the first one with retries.
std::string fallback_of(const FakeUpstream& first, const FakeUpstream& second) {
  const auto target = [](const FakeUpstream& at, const char* key, const char* more) {
    return R"({"provider":"openai","api_key":")" + std::string(key) + R"(","custom_host":")" + at.url() +
           '"' + more + '}';
  };
  return R"({"strategy":{"mode":"fallback"},"targets":[)" +
         target(first, "sk-key-of-the-first-target", R"(,"retry":{"attempts":1})") + ',' +
         target(second, "sk-key-of-the-second-target", "") + "]}";
}

pk::http::Request chat_by(const std::string& config, Headers more = {}) {
  more.emplace_back("x-portkey-config", config);
  more.emplace_back("Content-Type", "application/json");
  return request_of("POST", "/v1/chat/completions", std::move(more), R"({"model":"m","messages":[]})");
}

Answer echo_of_key(const SeenRequest& seen) {
  return Answer::json(500, R"({"error":{"message":"bad key )" + seen.header("authorization") + R"("}})");
}

void check_aborted(const RecordingSink& sink, std::size_t attempts) {
  const LogRecord& record = only(sink);
  CHECK(record.state == State::aborted);
  CHECK_FALSE(record.ok);
  CHECK_FALSE(record.http_status);
  CHECK(record.attempts.size() == attempts);
}

}  // namespace

// ---- who may ask ----

TEST_CASE("Once an API key exists every call needs one that may use the data routes") {
  RecordingSink sink;
  TestGateway gateway(sink);
  use(gateway, with_keys());
  struct Case {
    Headers headers;
    int status;
  };
  const std::vector<Case> cases = {{{}, 401},
                                   {{{"Authorization", "Bearer sk-of-a-provider"}}, 401},
                                   {{{"x-portkey-api-key", "pk-unknown"}}, 401},
                                   {{{"x-portkey-api-key", k_read_secret}}, 403},
                                   {{{"x-portkey-api-key", k_proxy_secret}}, 200},
                                   {{{"Authorization", std::string("Bearer ") + k_proxy_secret}}, 200},
                                   {{{"x-api-key", k_proxy_secret}}, 200}};
  for (const Case& c : cases) {
    INFO((c.headers.empty() ? "none" : c.headers[0].second));
    const std::size_t before = sink.closed.size();
    const FakeResponder responder = gateway.answer(chat_of("demo", c.headers, false, "demo-1"));
    CHECK(responder.status() == c.status);
    CHECK(sink.closed.size() - before == (c.status == 200 ? 1u : 0u));
    if (c.status == 200) CHECK(sink.closed.back().api_key == "pk-caller");
    CHECK_FALSE(responder.header("x-portkey-trace-id").empty());
  }
  CHECK_FALSE(holds(text_of(sink), k_proxy_secret));
}

TEST_CASE("Who may not call leaves no record, however the request is broken") {
  RecordingSink sink;
  TestGateway gateway(sink);
  use(gateway, with_keys());
  const Headers upgrade = {{"Upgrade", "websocket"}, {"x-portkey-provider", "demo"}};
  CHECK(gateway.answer(request_of("GET", "/v1/realtime", upgrade)).status() == 401);
  CHECK(gateway.answer(request_of("POST", "/v1/chat/completions", {}, "{bad")).status() == 401);
  const pk::http::Malformed large{413, "the request's body is over the limit", true};
  CHECK(gateway.answer_malformed(chat_of("demo"), large).status() == 401);
  pk::http::Request rebound = chat_of("demo", {{"x-portkey-api-key", k_proxy_secret}});
  rebound.headers[0].second = "evil.example";
  CHECK(gateway.answer_malformed(std::move(rebound), large).status() == 400);
  CHECK(sink.closed.empty());
  CHECK(gateway.stats.refused == 4);
  gateway.answer_malformed(chat_of("demo", {{"x-portkey-api-key", k_proxy_secret}}), large);
  CHECK(only(sink).http_status == 413);
}

TEST_CASE("An API key brings its defaults, and may track nothing") {
  pk::config::Saved saved = with_keys();
  saved.add(saved_config("pc-demo", R"({"provider":"demo","override_params":{"model":"demo-1"}})", 3));
  pk::config::ApiKey key = api_key("quiet", {Scope::proxy});
  key.default_config = "pc-demo";
  key.debug = false;
  saved.add(pk::config::key_hash("pk-quiet-secret-1234567890"), key);
  RecordingSink sink;
  TestGateway gateway(sink);
  use(gateway, std::move(saved));
  const FakeResponder responder = gateway.answer(
      request_of("POST", "/v1/chat/completions", {{"Authorization", "Bearer pk-quiet-secret-1234567890"}},
                 R"({"model":"x","user":"ana","messages":[{"role":"user","content":"marker-of-content"}]})"));
  CHECK(responder.status() == 200);
  const LogRecord& record = only(sink);
  CHECK(record.config_id == "pc-demo");
  CHECK(record.config_version == 3);
  CHECK(record.api_key == "pk-quiet");
  CHECK_FALSE(record.tracked);
  CHECK(record.user.empty());
  CHECK(record.total_tokens);
  CHECK_FALSE(holds(text_of(sink), "marker-of-content"));
}

TEST_CASE("An exchange keeps the rules that it began with") {
  FakeUpstream first, second;
  Gate gate;
  first.always(Answer::script().wait(gate).head(500, {{"Content-Length", "0"}}));
  RecordingSink sink;
  TestGateway gateway(sink);
  pk::config::Saved saved;
  saved.add(saved_config("pc-1", fallback_of(first, second)));
  use(gateway, std::move(saved));
  FakeResponder responder;
  gateway.start(chat_by("pc-1"), responder);
  while (first.seen_count() == 0) gateway.turn_what_is_ready();
  gateway.rules = TestGateway::default_rules();
  gateway.rules.tracked = false;
  gateway.use_rules();
  gate.open();
  while (!gateway.done()) gateway.turn();
  CHECK(responder.status() == 200);
  CHECK(responder.header("x-portkey-last-used-option-index") == "config.targets[1]");
  CHECK(only(sink).tracked);
  CHECK(gateway.answer(chat_by("pc-1")).status() == 400);
}

TEST_CASE("A refusal on /v1/messages is one that Anthropic's clients understand") {
  RecordingSink sink;
  TestGateway gateway(sink);
  const FakeResponder responder = gateway.answer(request_of("POST", "/v1/messages", {}, "{}"));
  CHECK(responder.status() == 400);
  CHECK(
      holds(responder.sent, R"("type":"error","error":{"type":"invalid_request_error","message":"Either )"));
  CHECK(responder.sent.starts_with(R"({"status":"failure","message":)"));
}

// ---- clients that leave ----

TEST_CASE("A client that leaves while its request waits for a retry is not called for again") {
  FakeUpstream first, second;
  first.always(Answer::json(500, "{}"));
  RecordingSink sink;
  TestGateway gateway(sink);
  gateway.timers.holds = true;
  FakeResponder responder;
  gateway.start(chat_by(fallback_of(first, second)), responder);
  while (gateway.timers.waits.empty()) gateway.turn();
  CHECK(gateway.timers.running() == 1);
  responder.leave();
  CHECK(gateway.timers.running() == 0);
  while (!gateway.done()) gateway.turn();
  check_aborted(sink, 1);
  CHECK(sink.closed[0].attempts[0].http_status == 500);
  CHECK(sink.closed[0].last_used_option == "config.targets[0]");
  CHECK(first.seen_count() == 1);
  CHECK(second.seen_count() == 0);
}

TEST_CASE("Nothing of the upstream is held while a retry waits") {
  FakeUpstream first, second;
  // More than is read of it, and then silence.
  first.always(Answer::script().head(500, {{"Transfer-Encoding", "chunked"}}).flood(1'000'000).hang());
  RecordingSink sink;
  TestGateway gateway(sink);
  gateway.timers.holds = true;
  FakeResponder responder;
  gateway.start(chat_by(fallback_of(first, second)), responder);
  while (gateway.timers.waits.empty()) gateway.turn();
  first.wait_peer_left(1);
  responder.leave();
  while (!gateway.done()) gateway.turn();
  check_aborted(sink, 1);
}

TEST_CASE("A client that leaves while the words of an error are awaited ends that too") {
  FakeUpstream first, second;
  first.always(Answer::script().head(500, {{"Content-Length", "100"}}).bytes("some").hang());
  RecordingSink sink;
  TestGateway gateway(sink);
  FakeResponder responder;
  gateway.start(chat_by(fallback_of(first, second)), responder);
  while (gateway.timers.running() == 0) gateway.turn();
  CHECK(gateway.timers.waits.empty());
  responder.leave();
  while (!gateway.done()) gateway.turn();
  check_aborted(sink, 1);
  first.wait_peer_left(1);
  CHECK(second.seen_count() == 0);
}

TEST_CASE("Words that do not come in time are not waited for") {
  FakeUpstream first, second;
  first.always(Answer::script().head(404, {{"Content-Length", "100"}}).bytes("some words").hang());
  RecordingSink sink;
  TestGateway gateway(sink);
  FakeResponder responder;
  gateway.start(chat_by(fallback_of(first, second)), responder);
  while (gateway.timers.running() == 0) gateway.turn();
  gateway.timers.end_all();
  while (!gateway.done()) gateway.turn();
  CHECK(responder.status() == 200);
  CHECK(only(sink).attempts.size() == 2);
  first.wait_peer_left(1);
}

TEST_CASE("A client that leaves within the second attempt ends it, and the record says which it was") {
  FakeUpstream first, second;
  first.always(Answer::json(404, "{}"));
  second.always(Answer::script().hang());
  RecordingSink sink;
  TestGateway gateway(sink);
  FakeResponder responder;
  gateway.start(chat_by(fallback_of(first, second)), responder);
  while (second.seen_count() == 0) gateway.turn_what_is_ready();
  responder.leave();
  while (!gateway.done()) gateway.turn();
  second.wait_peer_left(1);
  check_aborted(sink, 2);
  CHECK(sink.closed[0].last_used_option == "config.targets[1]");
  CHECK(sink.closed[0].error == "the client left");
}

TEST_CASE("A client that has left already is not called for") {
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  for (const bool by_config : {false, true}) {
    RecordingSink sink;
    TestGateway gateway(sink);
    FakeResponder responder;
    responder.leave();
    gateway.serve(by_config ? chat_by(fallback_of(upstream, upstream)) : chat_to(upstream), responder);
    check_aborted(sink, 0);
  }
  CHECK(upstream.seen_count() == 0);
}

// ---- what a record never holds ----

TEST_CASE(
    "No key of a config or of a virtual key is in a record, whichever attempt's upstream says it again") {
  FakeUpstream first, second;
  first.handle(echo_of_key);
  second.handle(echo_of_key);
  pk::config::Saved saved;
  saved.add(virtual_key("team", "openai", "sk-key-of-the-virtual-key", second.url()));
  std::string config = fallback_of(first, second);
  config.replace(config.rfind(R"({"provider")"), std::string::npos, R"({"virtual_key":"team"}]})");
  saved.add(saved_config("pc-1", config));
  for (const std::string& sent : {fallback_of(first, second), config, std::string("pc-1")})
    for (const bool tracked : {true, false}) {
      INFO(sent << tracked);
      RecordingSink sink;
      TestGateway gateway(sink);
      use(gateway, saved);
      const FakeResponder responder =
          gateway.answer(chat_by(sent, {{"x-portkey-debug", tracked ? "true" : "false"}}));
      CHECK(responder.status() == 500);
      CHECK(only(sink).attempts.size() == 3);
      CHECK(holds(only(sink).attempts[0].error, tracked ? "bad key Bearer sk********" : "upstream-error"));
      for (const std::string& text : {text_of(sink), responder.sent}) CHECK_FALSE(holds(text, "sk-key-of"));
    }
}

TEST_CASE("A key that an upstream says again in an answer that breaks off is masked too") {
  FakeUpstream upstream;
  upstream.handle([](const SeenRequest& seen) {
    return Answer::script()
        .head(401, {{"Content-Length", "1000"}, {"x-echo", seen.header("authorization")}})
        .bytes("bad key " + seen.header("authorization"))
        .close();
  });
  pk::http::Request request = chat_to(upstream);
  request.target = "/v1/files";
  const Called called(std::move(request));
  CHECK(called.responder.was_cut());
  CHECK(holds(called.record().response->body, "bad key Bearer sk********"));
  CHECK_FALSE(holds(text_of(called.sink), "sk-a-key-of-the-client-123"));
}

TEST_CASE("Of an untracked call no words of any attempt are stored") {
  const std::string marker = "unique-marker-9f02";
  FakeUpstream first, second;
  for (const Answer& answer : {Answer::json(500, R"({"error":{"message":")" + marker + R"("}})"),
                               Answer::json(200, chat_body(marker)),
                               Answer::script().head(500, {{"Content-Length", "99"}}).bytes(marker).close(),
                               Answer::script().close()}) {
    first.always(Answer::json(500, R"({"error":{"message":")" + marker + R"("}})"));
    second.always(answer);
    pk::http::Request request =
        chat_by(fallback_of(first, second), {{"x-portkey-debug", "false"}, {"X-Mine", marker}});
    request.body = R"({"model":"m","user":")" + marker + R"(","messages":[]})";
    const Called called(std::move(request));
    CHECK(called.record().attempts.size() == 3);
    CHECK(called.record().attempts[0].error == "upstream-error");
    CHECK_FALSE(holds(text_of(called.sink), marker));
    CHECK_FALSE(called.record().request);
    CHECK_FALSE(called.record().response);
  }
}

TEST_CASE("Each path by a config ends in exactly one record") {
  FakeUpstream first, second;
  const std::vector<Answer> answers = {Answer::json(200, chat_body()),
                                       Answer::json(500, "{}"),
                                       Answer::script().close(),
                                       Answer::script().head(200, json_of_length(10)).close(),
                                       Answer::script().head(500, json_of_length(10)).close(),
                                       Answer::script().head(200, json_of_length(10)).bytes("half").close(),
                                       Answer::script().head(302, {{"Content-Length", "0"}}),
                                       Answer::sse(chat_events({"one"})),
                                       Answer::script().bytes("no http at all\r\n\r\n").close()};
  for (std::size_t i = 0; i < answers.size(); ++i)
    for (std::size_t j = 0; j < answers.size(); ++j) {
      INFO(i << " then " << j);
      first.always(answers[i]);
      second.always(answers[j]);
      const Called called(chat_by(fallback_of(first, second)));
      const LogRecord& record = called.record();
      CHECK(called.sink.opened.size() == 1);
      CHECK(record.state == State::complete);
      CHECK((called.responder.whole || called.responder.was_cut()));
      CHECK(record.http_status == called.responder.status());
      CHECK(record.ok == (called.responder.whole && called.responder.status() < 400));
      CHECK(record.attempts.back().option == record.last_used_option);
    }
}
