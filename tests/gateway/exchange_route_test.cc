// One request from receipt to the answer that it is left at: who may ask, what is asked, in which order, and
// after what waits. Against scripted upstreams on loopback; the waits take no time (fakes.h).
#include "gateway/exchange.h"

#include "base/json.h"
#include "gateway/exchange_fixture.h"
#include "gateway/saved_things.h"
#include "support/catch.h"

using namespace pk::test;
using pk::http::Headers;
using pk::log::Active;
using pk::log::LogRecord;
using pk::log::Retry;
using pk::log::State;

namespace {

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

// {"provider":"openai","api_key":…,"custom_host":…} of a target at this upstream; `more` are its other
// members.
std::string target_at(const FakeUpstream& upstream, const std::string& key = "k",
                      const std::string& more = "") {
  return R"({"provider":"openai","api_key":)" + quoted(key) + R"(,"custom_host":)" + quoted(upstream.url()) +
         more + '}';
}

std::string strategy_of(const std::string& mode, const std::vector<std::string>& targets,
                        const std::string& more = "") {
  std::string config = R"({"strategy":{"mode":)" + quoted(mode) + more + R"(},"targets":[)";
  for (std::size_t i = 0; i < targets.size(); ++i) config += (i ? "," : "") + targets[i];
  return config + "]}";
}

pk::http::Request by_config(const std::string& config, Headers more = {}, bool stream = false) {
  more.emplace_back("x-portkey-config", config);
  pk::http::Request request = chat_of("", std::move(more), stream);
  std::erase_if(request.headers, [](const auto& header) { return header.first == "x-portkey-provider"; });
  return request;
}

Answer error_of(int status, const std::string& words) {
  return Answer::json(status, R"({"error":{"message":)" + quoted(words) + "}}");
}

std::vector<std::string> options_of(const LogRecord& record) {
  std::vector<std::string> options;
  for (const auto& attempt : record.attempts) options.push_back(attempt.option);
  return options;
}

std::vector<std::int64_t> statuses_of(const LogRecord& record) {
  std::vector<std::int64_t> statuses;
  for (const auto& attempt : record.attempts) statuses.push_back(attempt.http_status.value_or(0));
  return statuses;
}

using Options = std::vector<std::string>;
using Statuses = std::vector<std::int64_t>;

// Of one call by a config: the gateway is there to be asked for its waits.
struct Routed {
  explicit Routed(pk::http::Request request) : gateway(sink) {
    responder = gateway.answer(std::move(request));
  }
  const LogRecord& record() const { return only(sink); }
  std::string retry_count() const { return responder.header("x-portkey-retry-attempt-count"); }
  std::string index() const { return responder.header("x-portkey-last-used-option-index"); }

  RecordingSink sink;
  TestGateway gateway;
  FakeResponder responder;
};

}  // namespace

// ---- retry ----

TEST_CASE("A retry waits, sends the same bytes again, and its success is counted") {
  FakeUpstream upstream;
  upstream.next(error_of(500, "first"));
  upstream.next(error_of(503, "second"));
  const Routed one(by_config(target_at(upstream, "k", R"(,"retry":{"attempts":3})")));
  CHECK(one.responder.status() == 200);
  CHECK(one.gateway.timers.waits == std::vector<std::int64_t>{1000, 2000});
  CHECK(one.retry_count() == "2");
  CHECK(one.index() == "config");
  CHECK(upstream.seen_count() == 3);
  CHECK(upstream.seen(2).body == upstream.seen(0).body);
  CHECK(upstream.seen(2).header("authorization") == "Bearer k");
  const LogRecord& record = one.record();
  CHECK(record.ok);
  CHECK(record.retry == Retry::success);
  CHECK(record.retry_attempts == 2);
  CHECK(record.fallback == Active::disabled);
  CHECK(statuses_of(record) == Statuses{500, 503, 200});
  CHECK(record.attempts[0].error == "first");
  CHECK(record.attempts[1].error == "second");
  CHECK(record.attempts[1].wait_ms == 1000);
  CHECK(record.attempts[2].error.empty());
}

TEST_CASE("Retries that do not help leave the last answer, and -1") {
  FakeUpstream upstream;
  upstream.always(error_of(401, "no"));
  const Routed one(by_config(target_at(upstream, "k", R"(,"retry":{"attempts":2,"on_status_codes":[401]})")));
  CHECK(one.responder.status() == 401);
  CHECK(one.responder.sent.find("openai error: no") != std::string::npos);
  CHECK(one.retry_count() == "-1");
  CHECK(upstream.seen_count() == 3);
  CHECK(one.record().retry == Retry::failed);
  CHECK(one.record().error == "openai error: no");
}

TEST_CASE("What is not listed is not retried") {
  FakeUpstream upstream;
  upstream.always(error_of(400, "bad"));
  const Routed one(by_config(target_at(upstream, "k", R"(,"retry":{"attempts":3})")));
  CHECK(upstream.seen_count() == 1);
  CHECK(one.retry_count() == "0");
  CHECK(one.record().retry == Retry::not_triggered);
}

TEST_CASE("A network failure is retried, and retry-after is followed where the config says so") {
  FakeUpstream upstream;
  upstream.next(Answer::script().close());
  upstream.next(Answer::script().head(429, {{"Retry-After", "7"}, {"Content-Length", "0"}}));
  const Routed one(
      by_config(target_at(upstream, "k", R"(,"retry":{"attempts":3,"use_retry_after_headers":true})")));
  CHECK(one.responder.status() == 200);
  CHECK(one.gateway.timers.waits == std::vector<std::int64_t>{1000, 7000});
  CHECK(statuses_of(one.record()) == Statuses{0, 429, 200});
  CHECK(one.record().attempts[1].error == "HTTP status 429");
}

TEST_CASE("A request without JSON is retried with the bytes that it had") {
  FakeUpstream upstream;
  upstream.next(error_of(500, "once"));
  pk::http::Request request = by_config(target_at(upstream, "k", R"(,"retry":{"attempts":1})"));
  request.target = "/v1/audio/transcriptions?x=1";
  request.headers.emplace_back("X-Mine", "mine");
  for (auto& [name, value] : request.headers)
    if (name == "Content-Type") value = "multipart/form-data; boundary=b";
  request.body = std::string("--b\r\n\0\xff\xfe{not json\r\n--b--", 25);
  const std::string body = request.body;
  const Routed one(std::move(request));
  CHECK(one.responder.status() == 200);
  REQUIRE(upstream.seen_count() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(upstream.seen(i).body == body);
    CHECK(upstream.seen(i).target == "/v1/audio/transcriptions?x=1");
    CHECK(upstream.seen(i).header("content-type") == "multipart/form-data; boundary=b");
    CHECK(upstream.seen(i).header("x-mine") == "mine");
  }
}

TEST_CASE("An answer that has begun is never tried again") {
  FakeUpstream upstream;
  upstream.always(sse_head().chunk("data: {\"choices\":[]}\n\n").close());
  const Routed one(by_config(
      strategy_of("fallback", {target_at(upstream, "k", R"(,"retry":{"attempts":2})"), target_at(upstream)}),
      {}, true));
  CHECK(upstream.seen_count() == 1);
  CHECK(one.responder.was_cut());
  CHECK_FALSE(one.record().ok);
}

// ---- timeouts ----

TEST_CASE("An answer that does not come in time is 408 in the attempts, and another target may answer") {
  FakeUpstream slow, quick;
  slow.always(Answer::script().hang());
  const Routed one(by_config(
      strategy_of("fallback", {target_at(slow, "k", R"(,"request_timeout":1)"), target_at(quick)})));
  CHECK(one.responder.status() == 200);
  CHECK(one.index() == "config.targets[1]");
  CHECK(statuses_of(one.record()) == Statuses{408, 200});
  CHECK_FALSE(one.record().attempts[0].error.empty());

  const Routed retried(by_config(
      target_at(slow, "k", R"(,"request_timeout":1,"retry":{"attempts":1,"on_status_codes":[408]})")));
  CHECK(retried.responder.status() == 408);
  CHECK(retried.retry_count() == "-1");
  CHECK(statuses_of(retried.record()) == Statuses{408, 408});
}

// ---- strategies ----

TEST_CASE("A fallback goes on until an answer is good, and says which one was") {
  FakeUpstream first, second, third;
  first.always(error_of(500, "first is down"));
  const Routed one(by_config(strategy_of(
      "fallback", {target_at(first, "key-1"), target_at(second, "key-2"), target_at(third, "key-3")})));
  CHECK(one.responder.status() == 200);
  CHECK(one.index() == "config.targets[1]");
  CHECK(second.seen(0).header("authorization") == "Bearer key-2");
  CHECK(third.seen_count() == 0);
  const LogRecord& record = one.record();
  CHECK(record.fallback == Active::active);
  CHECK(record.loadbalance == Active::disabled);
  CHECK(options_of(record) == Options{"config.targets[0]", "config.targets[1]"});
  CHECK(record.attempts[0].error == "first is down");
  CHECK(record.total_tokens == 12);
  CHECK(record.last_used_option == "config.targets[1]");
  CHECK(one.sink.opened[0].fallback == Active::active);  // known from the start
}

TEST_CASE("Where all targets fail the last answer is the client's") {
  FakeUpstream first, second;
  first.always(error_of(500, "one"));
  second.always(error_of(503, "two"));
  const Routed one(by_config(strategy_of("fallback", {target_at(first), target_at(second)})));
  CHECK(one.responder.status() == 503);
  CHECK(one.record().error == "openai error: two");
  CHECK(one.index() == "config.targets[1]");
}

TEST_CASE("A fallback by a list goes on for what it names alone, a good status too") {
  FakeUpstream first, second;
  first.always(error_of(500, "one"));
  const std::string only_429 = R"(,"on_status_codes":[429])";
  const Routed stays(by_config(strategy_of("fallback", {target_at(first), target_at(second)}, only_429)));
  CHECK(stays.responder.status() == 500);
  CHECK(second.seen_count() == 0);

  first.always(Answer::json(200, chat_body("unique-content-of-a-good-answer")));
  const Routed goes(by_config(
      strategy_of("fallback", {target_at(first), target_at(second)}, R"(,"on_status_codes":[200])")));
  CHECK(goes.responder.status() == 200);
  CHECK(goes.record().attempts.size() == 2);
  // What is not an error has no words of one.
  CHECK(goes.record().attempts[0].error.empty());
}

TEST_CASE("Each target of a fallback gets the client's body with its own edits") {
  FakeUpstream first, second;
  first.always(error_of(500, "one"));
  pk::http::Request request = by_config(strategy_of(
      "fallback", {target_at(first, "k", R"(,"override_params":{"model":"a","n":1})"),
                   target_at(second, "k", R"(,"drop_params":["big"],"override_params":{"model":"b"})")}));
  request.body = R"({ "model":"m", "big":12345678901234567890123, "t":0.70, "messages":[] })";
  const Routed one(std::move(request));
  CHECK(first.seen(0).body ==
        R"({ "model":"a", "big":12345678901234567890123, "t":0.70, "messages":[],"n":1 })");
  CHECK(second.seen(0).body.find("\"model\":\"b\"") != std::string::npos);
  CHECK(second.seen(0).body.find("0.70") != std::string::npos);
  CHECK(second.seen(0).body.find("big") == std::string::npos);
  CHECK(one.record().attempts[0].model == "a");
  CHECK(one.record().attempts[1].model == "b");
  CHECK(one.record().requested_model == "m");
}

TEST_CASE("A load balance spreads by weight over the ids, and asks nobody else when one fails") {
  FakeUpstream heavy, none;
  heavy.always(error_of(500, "down"));
  const std::string config = strategy_of(
      "loadbalance", {target_at(none, "k", R"(,"weight":0)"), target_at(heavy, "k", R"(,"weight":2)")});
  const Routed one(by_config(config));
  CHECK(one.responder.status() == 500);
  CHECK(none.seen_count() == 0);
  CHECK(one.record().loadbalance == Active::active);
  CHECK(one.record().seed != 0);

  FakeUpstream a, b;
  RecordingSink sink;
  TestGateway gateway(sink);
  for (int i = 0; i < 60; ++i)
    gateway.answer(
        by_config(strategy_of("loadbalance", {target_at(a), target_at(b)}), {{"x-portkey-trace-id", "t"}}));
  CHECK(a.seen_count() + b.seen_count() == 60);
  CHECK(a.seen_count() > 10);
  CHECK(b.seen_count() > 10);
}

TEST_CASE("A conditional looks at metadata, the body and the path") {
  FakeUpstream paid, other;
  const std::string paid_target = target_at(paid, "k", R"(,"name":"paid")");
  const std::string other_target = target_at(other, "k", R"(,"name":"other")");
  const auto config_for = [&](const std::string& query) {
    return strategy_of("conditional", {paid_target, other_target},
                       R"(,"conditions":[{"query":)" + query + R"(,"then":"paid"}],"default":"other")");
  };
  const std::vector<std::pair<std::string, bool>> queries = {
      {R"({"metadata.plan":{"$eq":"paid"}})", true},
      {R"({"metadata.plan":{"$eq":"free"}})", false},
      {R"({"params.model":{"$eq":"gpt-4o-mini"}})", true},
      {R"({"params.temperature":{"$gte":0}})", false},
      {R"({"url.pathname":{"$regex":"chat"}})", true}};
  for (const auto& [query, wanted] : queries) {
    INFO(query);
    const Routed one(by_config(config_for(query), {{"x-portkey-metadata", R"({"plan":"paid"})"}}));
    CHECK(one.responder.status() == 200);
    CHECK(one.index() == (wanted ? "config.targets[0]" : "config.targets[1]"));
  }
}

TEST_CASE("A target whose breaker is open is left out until its time is over") {
  FakeUpstream failing, good;
  failing.always(error_of(500, "down"));
  const std::string config = strategy_of("fallback", {target_at(failing), target_at(good)},
                                         R"(,"cb_config":{"failure_threshold":2,"cooldown_interval":30000})");
  RecordingSink sink;
  TestGateway gateway(sink);
  for (int i = 0; i < 4; ++i) CHECK(gateway.answer(by_config(config)).status() == 200);
  CHECK(failing.seen_count() == 2);
  CHECK(options_of(sink.closed.back()) == Options{"config.targets[1]"});
  gateway.clock.advance_ms(30'000);
  gateway.answer(by_config(config));
  CHECK(failing.seen_count() == 3);
}

TEST_CASE("A sticky load balance keeps to its target for as long as it says") {
  FakeUpstream a, b;
  const std::string config =
      strategy_of("loadbalance", {target_at(a), target_at(b)},
                  R"(,"sticky":{"enabled":true,"hash_fields":["metadata.u"],"ttl":60})");
  RecordingSink sink;
  TestGateway gateway(sink);
  for (int i = 0; i < 20; ++i) gateway.answer(by_config(config, {{"x-portkey-metadata", R"({"u":"ana"})"}}));
  CHECK(std::max(a.seen_count(), b.seen_count()) == 20);
  const LogRecord first = sink.closed[0];
  for (const LogRecord& record : sink.closed) CHECK(record.last_used_option == first.last_used_option);
}

TEST_CASE("A target that cannot be asked ends the route, as the last option that was used") {
  FakeUpstream failing;
  failing.always(error_of(500, "down"));
  const auto with_archived = [](TestGateway& gateway) {
    pk::config::Saved saved;
    pk::config::VirtualKey old = virtual_key("old", "openai", "sk-old");
    old.archived = true;
    saved.add(std::move(old));
    gateway.rules.plan.saved = std::make_shared<pk::config::Saved>(std::move(saved));
    gateway.use_rules();
  };
  const Called second(by_config(strategy_of("fallback", {target_at(failing), R"({"virtual_key":"old"})"})),
                      with_archived);
  CHECK(second.responder.status() == 400);
  CHECK(second.responder.header("x-portkey-last-used-option-index") == "config.targets[1]");
  CHECK(second.record().error == "the virtual key 'old' is archived");
  CHECK(second.record().virtual_key == "vk-old");
  CHECK(options_of(second.record()) == Options{"config.targets[0]"});
  CHECK(second.record().attempts[0].error == "down");

  const Called first(by_config(strategy_of("fallback", {R"({"virtual_key":"old"})", target_at(failing)})),
                     with_archived);
  CHECK(first.responder.status() == 400);
  CHECK(first.record().last_used_option == "config.targets[0]");
  CHECK(first.record().fallback == Active::active);
  CHECK(first.record().attempts.empty());
}
