#include "gateway/recorder.h"

#include "gateway/record_text.h"
#include "provider/target.h"
#include "support/catch.h"
#include "support/fake_clock.h"

using namespace pk::gateway;
using pk::http::Headers;
using pk::log::LogRecord;
using pk::log::ReplayBlock;
using pk::log::State;
using pk::provider::BodyFacts;
using pk::test::all_text;
using pk::test::FakeClock;

namespace {

const std::string k_key = "sk-a-secret-of-32-characters-1234";
const std::string k_body =
    R"({"model":"gpt-4o-mini-2024-07-18","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":500,)"
    R"("total_tokens":1500,"prompt_tokens_details":{"cached_tokens":400},)"
    R"("completion_tokens_details":{"reasoning_tokens":100}}})";

// A recorder at work on one exchange; the tests say what happens.
struct Recorded {
  explicit Recorded(bool tracked = true, Headers more = {},
                    std::string target = "/v1/chat/completions?key=" + k_key)
      : recorder(clock, pk::Uuid::lowest_of(FakeClock::k_start_ms)) {
    request.method = "POST";
    request.target = std::move(target);
    request.headers = std::move(more);
    request.headers.emplace_back("Authorization", "Bearer " + k_key);
    request.body = R"({"model":"gpt-4o-mini","user":"body-user"})";
    options = read_options(request.headers);
    const auto endpoint = pk::provider::endpoint_of_path("POST", request.path());
    recorder.request(request, options, endpoint, tracked);
    BodyFacts facts;
    facts.model = "gpt-4o-mini";
    facts.user = "body-user";
    recorder.facts(facts);
    asked.node = &node;
    asked.provider = pk::provider::find("openai");
    recorder.target(asked, k_key, "gpt-4o-mini");
  }

  void open(bool stored = true) {
    if (recorder.record().tracked) recorder.request_content(request.headers, request.body, nullptr);
    opened = recorder.to_open();
    recorder.opened(stored);
  }
  // Upstream answers after 30 ms, 20 ms after the request came.
  void answer(int status, std::string_view body, bool event_stream = false, Headers headers = {}) {
    clock.advance_ms(20);
    recorder.attempt_begins("config", 0);
    clock.advance_ms(30);
    recorder.attempt_head(status);
    recorder.response_head(status, headers, event_stream);
    recorder.usage_piece(body);
    recorder.response_piece(body);
    recorder.first_byte();
    clock.advance_ms(50);
  }
  const LogRecord& closed() {
    if (!m_closed) m_closed = recorder.to_close();
    return *m_closed;
  }

  FakeClock clock;
  pk::http::Request request;
  CallOptions options;
  pk::config::Node node;
  Target asked;
  Recorder recorder;
  LogRecord opened;

 private:
  std::optional<LogRecord> m_closed;
};

}  // namespace

TEST_CASE("A record has what was asked from the moment it is opened") {
  Recorded one(true, {{"x-portkey-trace-id", "t1"},
                      {"x-portkey-span-id", "s1"},
                      {"x-portkey-parent-span-id", "p1"},
                      {"x-portkey-span-name", "n1"},
                      {"x-portkey-metadata", R"({"team":"red"})"}});
  one.open();
  const LogRecord& record = one.opened;
  CHECK(record.created_at == FakeClock::k_start_ms);
  CHECK(record.method == "POST");
  CHECK(record.path == "/v1/chat/completions");
  CHECK(record.endpoint == pk::log::Endpoint::chat_completions);
  CHECK(record.trace_id == "t1");
  CHECK(record.span_id == "s1");
  CHECK(record.parent_span_id == "p1");
  CHECK(record.span_name == "n1");
  CHECK(record.provider == "openai");
  CHECK(record.model == "gpt-4o-mini");
  CHECK(record.requested_model == "gpt-4o-mini");
  CHECK(record.user == "body-user");
  CHECK(record.metadata == pk::log::Metadata{{"team", "red"}});
  CHECK(record.last_used_option == "config");
  CHECK(record.tracked);
  REQUIRE(record.request);
  CHECK(record.request->body == one.request.body);
  CHECK_FALSE(record.response);
}

TEST_CASE("Without a trace id the record's own id serves, and metadata name the user first") {
  Recorded one(true, {{"x-portkey-metadata", R"({"_user":"ana"})"}});
  CHECK(one.recorder.record().trace_id == one.recorder.record().id.text());
  CHECK(one.recorder.record().user == "ana");
}

TEST_CASE("A whole answer gives usage, cost and times") {
  Recorded one;
  one.open();
  one.answer(200, k_body, false, {{"content-type", "application/json"}});
  one.recorder.completed();
  const LogRecord& record = one.closed();
  CHECK(record.state == State::complete);
  CHECK(record.ok);
  CHECK(record.error.empty());
  CHECK(record.http_status == 200);
  CHECK(record.model == "gpt-4o-mini-2024-07-18");
  CHECK(record.requested_model == "gpt-4o-mini");
  CHECK(record.prompt_tokens == 1000);
  CHECK(record.completion_tokens == 500);
  CHECK(record.total_tokens == 1500);
  CHECK(record.cached_tokens == 400);
  CHECK(record.reasoning_tokens == 100);
  // 600 at 0.15, 400 at 0.075 and 500 at 0.60 dollars a million.
  REQUIRE(record.cost_usd);
  CHECK(*record.cost_usd == Approx(0.00042));
  CHECK(record.latency_ms == Approx(100));
  CHECK(record.upstream_ms == Approx(80));
  CHECK(record.gateway_ms == Approx(20));
  CHECK_FALSE(record.ttft_ms);
  CHECK_FALSE(record.stream);
  REQUIRE(record.response);
  CHECK(record.response->body == k_body);
  CHECK(record.response->headers == Headers{{"content-type", "application/json"}});
  REQUIRE(record.attempts.size() == 1);
  CHECK(record.attempts[0].http_status == 200);
  CHECK(record.attempts[0].provider == "openai");
  CHECK(record.attempts[0].latency_ms == Approx(80));
  CHECK(record.attempts[0].error.empty());
}

TEST_CASE("A stream gives usage from its events, and the time to its first byte") {
  Recorded one;
  one.open();
  one.answer(200,
             "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\ndata: {\"choices\":[],\"usage\":"
             "{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12}}\n\ndata: [DONE]\n\n",
             true);
  one.recorder.completed();
  const LogRecord& record = one.closed();
  CHECK(record.ok);
  CHECK(record.stream);
  CHECK(record.total_tokens == 12);
  CHECK(record.ttft_ms == Approx(50));
}

TEST_CASE("A stream that carries an error is not ok") {
  Recorded one;
  one.open();
  one.answer(200, "data: {\"error\":{\"message\":\"overloaded, dear " + k_key + "\"}}\n\n", true);
  one.recorder.completed();
  const LogRecord& record = one.closed();
  CHECK_FALSE(record.ok);
  CHECK(record.state == State::complete);
  CHECK(record.error.find("overloaded") != std::string::npos);
  CHECK(record.error.find(k_key) == std::string::npos);
}

TEST_CASE("A model without a price costs nothing that is known") {
  Recorded one;
  one.open();
  one.answer(200, R"({"model":"nobody-knows-this","usage":{"prompt_tokens":1,"completion_tokens":1}})");
  BodyFacts facts;
  facts.model = "nor-this";
  one.recorder.facts(facts);
  one.recorder.completed();
  CHECK_FALSE(one.closed().cost_usd);
  CHECK(one.closed().total_tokens == 2);
}

TEST_CASE("An upstream's error is the record's, in its own words; a redirect is none") {
  Recorded one;
  one.open();
  one.answer(429, R"({"error":{"message":"Rate limit reached","type":"requests"}})");
  one.recorder.completed();
  const LogRecord& record = one.closed();
  CHECK_FALSE(record.ok);
  CHECK(record.http_status == 429);
  CHECK(record.error == "Rate limit reached");
  REQUIRE(record.attempts.size() == 1);
  CHECK(record.attempts[0].http_status == 429);
  CHECK(record.attempts[0].error == "Rate limit reached");
  Recorded silent;
  silent.open();
  silent.answer(500, "");
  silent.recorder.completed();
  CHECK(silent.closed().error == "HTTP status 500");
  Recorded redirect(true, {}, "/v1/files");
  redirect.open();
  redirect.answer(302, "");
  redirect.recorder.completed();
  CHECK(redirect.closed().ok);
}

TEST_CASE("An upstream that cuts its answer leaves a complete record that is not ok") {
  Recorded one;
  one.open();
  one.answer(200, "half");
  one.recorder.failed("upstream-error", "the provider ended its answer early, " + k_key);
  const LogRecord& record = one.closed();
  CHECK(record.state == State::complete);
  CHECK_FALSE(record.ok);
  CHECK(record.http_status == 200);
  CHECK(record.error.starts_with("the provider ended its answer early"));
  CHECK(record.error.find(k_key) == std::string::npos);
  CHECK(record.response->body == "half");
  CHECK(record.attempts[0].error == record.error);
}

TEST_CASE("An attempt without an answer has no status, though the client gets one") {
  Recorded one;
  one.open();
  one.recorder.attempt_begins("config", 0);
  one.clock.advance_ms(5);
  one.recorder.attempt_failed("upstream-error", "could not connect");
  one.recorder.record().error = "could not connect";
  one.recorder.response_head(502, {}, false);
  one.recorder.response_piece("{}");
  one.recorder.completed();
  const LogRecord& record = one.closed();
  CHECK(record.http_status == 502);
  REQUIRE(record.attempts.size() == 1);
  CHECK_FALSE(record.attempts[0].http_status);
  CHECK(record.attempts[0].error == "could not connect");
}

TEST_CASE("A client that left is aborted, with a status only if it got a head") {
  for (const bool head_sent : {true, false}) {
    Recorded one;
    one.open();
    one.answer(200, "what it saw");
    one.recorder.aborted(head_sent);
    const LogRecord& record = one.closed();
    CHECK(record.state == State::aborted);
    CHECK_FALSE(record.ok);
    CHECK(record.http_status.has_value() == head_sent);
    CHECK(record.error == "the client left");
    CHECK(record.response->body == "what it saw");
  }
}

TEST_CASE("A second answer replaces the first in the record") {
  Recorded one;
  one.open();
  one.answer(200, "the first, which nobody saw", true, {{"x-first", "1"}});
  one.recorder.attempt_failed("upstream-error", "cut");
  one.recorder.response_head(502, {{"x-second", "2"}}, false);
  one.recorder.response_piece("the second");
  one.recorder.completed();
  CHECK(one.closed().response->body == "the second");
  CHECK(one.closed().response->headers == Headers{{"x-second", "2"}});
}

TEST_CASE("Secrets are masked before they are kept") {
  Recorded one(true, {{"x-portkey-config", R"({"provider":"openai","api_key":")" + k_key + R"("})"},
                      {"x-portkey-sensitive-headers", "X-Inner"},
                      {"X-Inner", "inner-secret-value-123"},
                      {"Cookie", "session=" + k_key},
                      {"X-Plain", "plain"}});
  one.open();
  CHECK(all_text(one.opened).find(k_key) == std::string::npos);
  CHECK(all_text(one.opened).find("inner-secret-value-123") == std::string::npos);
  CHECK(pk::http::find_header(one.opened.request->headers, "authorization") == "Bearer sk********234");
  CHECK(pk::http::find_header(one.opened.request->headers, "x-plain") == "plain");
  one.answer(401, R"({"error":{"message":"Incorrect API key provided: )" + k_key + R"("}})", false,
             {{"Set-Cookie", "session=" + k_key}, {"x-inner", "inner-secret-value-123"}});
  one.recorder.completed();
  const LogRecord& record = one.closed();
  CHECK(all_text(record).find(k_key) == std::string::npos);
  CHECK(all_text(record).find("inner-secret-value-123") == std::string::npos);
  CHECK(record.error.find("Incorrect API key provided") != std::string::npos);
  CHECK(one.recorder.scrubbed("key " + k_key).find(k_key) == std::string::npos);
}

TEST_CASE("Of an untracked exchange the numbers stay and no content is ever taken") {
  const std::string marker = "unique-marker-5d1f";
  const auto check = [&](Recorded& one) {
    CHECK(all_text(one.opened).find(marker) == std::string::npos);
    const LogRecord& record = one.closed();
    CHECK(all_text(record).find(marker) == std::string::npos);
    CHECK_FALSE(record.request);
    CHECK_FALSE(record.response);
    CHECK_FALSE(record.tracked);
    CHECK(record.replay_blocked_by == ReplayBlock::not_tracked);
  };
  const Headers headers = {{"X-Marked", marker}, {"x-portkey-metadata", R"({"_user":"ana","team":"red"})"}};

  Recorded good(false, headers);
  good.open();
  good.answer(200, R"({"marked":")" + marker + R"(",)" + k_body.substr(1), false, {{"x-marked", marker}});
  good.recorder.completed();
  check(good);
  CHECK(good.closed().ok);
  CHECK(good.closed().total_tokens == 1500);
  CHECK(good.closed().cost_usd);
  CHECK(good.closed().user == "ana");
  CHECK(good.closed().metadata.size() == 2);

  Recorded stream(false, headers);
  stream.open();
  stream.answer(
      200, "data: {\"x\":\"" + marker + "\",\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}\n\n",
      true);
  stream.recorder.completed();
  check(stream);
  CHECK(stream.closed().total_tokens == 12);

  Recorded bad(false, headers);
  bad.open();
  bad.answer(500, R"({"error":{"message":")" + marker + R"("}})");
  bad.recorder.completed();
  check(bad);
  CHECK(bad.closed().error == "upstream-error");
  CHECK(bad.closed().http_status == 500);

  Recorded in_stream(false, headers);
  in_stream.open();
  in_stream.answer(200, "data: {\"error\":{\"message\":\"" + marker + "\"}}\n\n", true);
  in_stream.recorder.completed();
  check(in_stream);
  CHECK_FALSE(in_stream.closed().ok);

  Recorded cut(false, headers);
  cut.open();
  cut.answer(200, marker);
  cut.recorder.failed("upstream-error", marker);
  check(cut);
  CHECK(cut.closed().error == "upstream-error");

  Recorded left(false, headers);
  left.open();
  left.answer(200, marker);
  left.recorder.aborted(true);
  check(left);
  CHECK(Recorded(false).recorder.record().user.empty());  // not from the body
}

TEST_CASE("A very large body is cut in the record, which then cannot be replayed") {
  Recorded one;
  one.open();
  one.recorder.response_head(200, {}, false);
  const std::string piece(1'000'000, 'p');
  for (int i = 0; i < 20; ++i) one.recorder.response_piece(piece);
  one.recorder.completed();
  const LogRecord& record = one.closed();
  CHECK(record.response->body.size() == k_record_body_bytes_max);
  CHECK(record.replay_blocked_by == ReplayBlock::no_content);
  CHECK(record.ok);
}

TEST_CASE("What can be replayed says so") {
  const std::vector<std::pair<const char*, ReplayBlock>> cases = {
      {"/v1/chat/completions", ReplayBlock::none}, {"/v1/completions", ReplayBlock::none},
      {"/v1/embeddings", ReplayBlock::none},       {"/v1/messages", ReplayBlock::endpoint},
      {"/v1/responses", ReplayBlock::endpoint},    {"/v1/files", ReplayBlock::endpoint}};
  for (const auto& [target, block] : cases) {
    INFO(target);
    CHECK(Recorded(true, {}, target).recorder.record().replay_blocked_by == block);
  }
  CHECK(Recorded(false, {}, "/v1/files").recorder.record().replay_blocked_by == ReplayBlock::endpoint);
}

TEST_CASE("The request goes to the ledger once: with the open, or with the close if that was lost") {
  Recorded kept;
  kept.open(true);
  kept.answer(200, "{}");
  kept.recorder.completed();
  CHECK_FALSE(kept.closed().request);
  CHECK(kept.closed().response);

  Recorded lost;
  lost.open(false);
  CHECK(lost.recorder.request_body() == lost.request.body);
  lost.answer(200, "{}");
  lost.recorder.completed();
  REQUIRE(lost.closed().request);
  CHECK(lost.closed().request->body == lost.request.body);
}

TEST_CASE("The body stays readable for the upstream while the record is open") {
  Recorded one;
  one.open();
  CHECK(one.recorder.is_opened());
  CHECK(one.recorder.request_body() == one.request.body);
}

TEST_CASE("Each attempt has its place, its wait and its own time; the waits are no upstream's") {
  Recorded one;
  one.open();
  one.recorder.attempt_begins("config.targets[0]", 0);
  one.recorder.attempt_head(500);
  one.clock.advance_ms(10);
  one.recorder.attempt_passed_over(R"({"error":{"message":"down, )" + k_key + R"("}})");
  one.clock.advance_ms(1000);
  Target second = one.asked;
  second.virtual_key = "vk-2";
  one.recorder.target(second, "sk-another-secret-1234", "other-model");
  one.recorder.attempt_begins("config.targets[1]", 1000);
  one.clock.advance_ms(20);
  one.recorder.attempt_head(200);
  one.recorder.response_head(200, {}, false);
  one.recorder.completed();
  const LogRecord& record = one.closed();
  REQUIRE(record.attempts.size() == 2);
  CHECK(record.attempts[0] ==
        pk::log::Attempt{"config.targets[0]", "openai", "gpt-4o-mini", 500, "down, sk********234", 10, 0});
  CHECK(record.attempts[1] ==
        pk::log::Attempt{"config.targets[1]", "openai", "other-model", 200, "", 20, 1000});
  CHECK(record.upstream_ms == Approx(30));
  CHECK(record.latency_ms == Approx(1030));
  CHECK(record.virtual_key == "vk-2");
  CHECK(record.model == "other-model");
  CHECK(record.requested_model == "gpt-4o-mini");
}

TEST_CASE("An answer that is passed over has the words of an error, if it is one") {
  struct Case {
    int status;
    const char* body;
    bool tracked;
    const char* error;
  };
  const std::vector<Case> cases = {{500, R"({"error":{"message":"words"}})", true, "words"},
                                   {500, "", true, "HTTP status 500"},
                                   {500, "\xff\xfe", true, "2 bytes that are no text"},
                                   {500, R"({"error":{"message":"words"}})", false, "upstream-error"},
                                   {200, R"({"choices":[{"message":{"content":"words"}}]})", true, ""},
                                   {302, "moved", true, ""},
                                   {200, "words", false, ""}};
  for (const Case& c : cases) {
    INFO(c.status << ' ' << c.body << ' ' << c.tracked);
    Recorded one(c.tracked);
    one.open();
    one.recorder.attempt_begins("config", 0);
    one.recorder.attempt_head(c.status);
    one.recorder.attempt_passed_over(c.body);
    one.recorder.aborted(false);
    REQUIRE(one.closed().attempts.size() == 1);
    CHECK(one.closed().attempts[0].error == c.error);
  }
}

TEST_CASE("The record says by which config it was routed, and what that came to") {
  Recorded one;
  Plan plan;
  plan.root = &one.node;
  one.recorder.plan(plan, 77);
  CHECK(one.recorder.record().seed == 0);  // nothing is drawn for one target
  CHECK(one.recorder.record().config_id.empty());
  pk::config::Node root;
  root.targets.resize(2);
  plan.root = &root;
  plan.config_id = "pc-1";
  plan.config_version = 3;
  one.recorder.plan(plan, 77);
  one.recorder.routed(
      {pk::log::Retry::failed, 2, -1, pk::log::Active::active, pk::log::Active::active, "config.targets[1]"});
  const LogRecord& record = one.recorder.record();
  CHECK(record.seed == 77);
  CHECK(record.config_id == "pc-1");
  CHECK(record.config_version == 3);
  CHECK(record.retry == pk::log::Retry::failed);
  CHECK(record.retry_attempts == 2);
  CHECK(record.fallback == pk::log::Active::active);
  CHECK(record.loadbalance == pk::log::Active::active);
  CHECK(record.last_used_option == "config.targets[1]");
}

TEST_CASE("The caller's API key is named, and may make the record untracked") {
  Recorded one;
  pk::config::ApiKey key;
  key.id = "pk-1";
  one.recorder.caller(key);
  CHECK(one.recorder.record().api_key == "pk-1");
  CHECK(one.recorder.record().tracked);
  key.debug = false;
  one.recorder.caller(key);
  CHECK_FALSE(one.recorder.record().tracked);
  CHECK(one.recorder.record().replay_blocked_by == ReplayBlock::not_tracked);
}

// ---- the cache ----

namespace {

pk::cache::Entry stored_entry(bool event_stream) {
  pk::cache::Entry entry;
  entry.log_id = pk::Uuid::lowest_of(FakeClock::k_start_ms - 5000);
  entry.event_stream = event_stream;
  entry.body = event_stream ? "data: " + k_body + "\n\ndata: [DONE]\n\n" : k_body;
  return entry;
}

}  // namespace

TEST_CASE("A stored answer costs nothing and saves what it would have cost") {
  Recorded paid;
  paid.open();
  paid.answer(200, k_body);
  paid.recorder.completed();
  REQUIRE(paid.closed().cost_usd);
  for (const bool event_stream : {false, true}) {
    const pk::cache::Entry entry = stored_entry(event_stream);
    Recorded one;
    one.open();
    one.recorder.looked_up(pk::log::Cache::hit, {}, &entry);
    one.recorder.usage_of_stored(entry);
    one.clock.advance_ms(3);
    one.recorder.response_head(200, {}, event_stream);
    one.recorder.usage_piece(
        "data: {\"usage\":{\"total_tokens\":99}}\n\n");  // what the client gets is not counted
    one.recorder.response_piece("x");
    one.recorder.completed();
    const LogRecord& record = one.closed();
    CHECK(record.ok);
    CHECK(record.cost_usd == 0);
    CHECK(record.saved_usd == paid.closed().cost_usd);
    CHECK(record.total_tokens == 1500);
    CHECK(record.model == "gpt-4o-mini-2024-07-18");
    CHECK(record.attempts.empty());
    CHECK(record.upstream_ms == 0);
    CHECK(record.gateway_ms == 3);
    CHECK(record.cache_neighbour == entry.log_id);
    CHECK_FALSE(record.cache_score);
  }
}

TEST_CASE("The neighbour stands in the record, of a hit and of a miss, and goes with the next target's") {
  const pk::cache::Entry entry = stored_entry(false);
  const pk::cache::Neighbour near{entry.log_id, 0.91, "numbers"};
  Recorded one;
  one.recorder.looked_up(pk::log::Cache::miss, near, nullptr);
  CHECK(one.recorder.record().cache == pk::log::Cache::miss);
  CHECK(one.recorder.record().cache_neighbour == entry.log_id);
  CHECK(one.recorder.record().cache_score == 0.91);
  CHECK(one.recorder.record().cache_verdict == "numbers");
  one.recorder.looked_up(pk::log::Cache::disabled, {}, nullptr);
  CHECK_FALSE(one.recorder.record().cache_neighbour);
  CHECK_FALSE(one.recorder.record().cache_score);
  CHECK(one.recorder.record().cache_verdict.empty());
}

TEST_CASE("The response is there to be kept as it came, unless it was cut") {
  Recorded one;
  one.open();
  one.answer(200, R"({"echo":")" + k_key + "\"}", false, {{"Content-Type", "application/json"}});
  one.recorder.completed();
  CHECK(one.recorder.response_body() == R"({"echo":")" + k_key + "\"}");
  CHECK(one.recorder.response_type() == "application/json");
  Recorded large;
  large.open();
  large.answer(200, std::string(k_record_body_bytes_max + 1, ' '));
  CHECK_FALSE(large.recorder.response_body());
}
