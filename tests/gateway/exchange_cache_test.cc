// What an exchange asks the cache, gives from it and keeps in it: against scripted upstreams on loopback and
// a store in memory.
#include "base/json.h"
#include "gateway/exchange_fixture.h"
#include "support/catch.h"

using namespace pk::test;
using pk::http::Headers;
using pk::log::Cache;
using pk::log::LogRecord;
using pk::log::State;

namespace {

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

// One target at this upstream, with a simple cache and `more` members.
std::string cached(const FakeUpstream& upstream, const std::string& more = "",
                   const std::string& cache = R"("cache":{"mode":"simple"})") {
  return R"({"provider":"openai","api_key":"k","custom_host":)" + quoted(upstream.url()) +
         (cache.empty() ? "" : "," + cache) + more + '}';
}

std::string fallback(const std::vector<std::string>& targets, const std::string& more = "") {
  std::string config = R"({"strategy":{"mode":"fallback"},"targets":[)";
  for (std::size_t i = 0; i < targets.size(); ++i) config += (i ? "," : "") + targets[i];
  return config + "]" + more + "}";
}

pk::http::Request by(const std::string& config, Headers more = {}, bool stream = false) {
  more.emplace_back("x-portkey-config", config);
  pk::http::Request request = chat_of("", std::move(more), stream);
  std::erase_if(request.headers, [](const auto& header) { return header.first == "x-portkey-provider"; });
  return request;
}

// Answers when the gate opens.
Answer held(const Gate& gate) {
  return Answer::script().wait(gate).head(200, json_of_length(chat_body().size())).bytes(chat_body());
}

struct Calls {
  FakeResponder answer(pk::http::Request request) { return gateway.answer(std::move(request)); }
  const LogRecord& last() const { return sink.closed.back(); }
  std::string status(const FakeResponder& responder) const {
    return responder.header("x-portkey-cache-status");
  }

  RecordingSink sink;
  TestGateway gateway{sink};
  FakeUpstream upstream;
};

}  // namespace

TEST_CASE("The second of two like requests gets the first one's answer, for nothing") {
  Calls calls;
  const std::string config = cached(calls.upstream);
  const FakeResponder first = calls.answer(by(config));
  CHECK(calls.status(first) == "MISS");
  const LogRecord miss = calls.last();
  CHECK(miss.cache == Cache::miss);
  CHECK(miss.attempts.size() == 1);
  CHECK_FALSE(miss.cache_neighbour);
  REQUIRE(miss.cost_usd);
  const FakeResponder second = calls.answer(by(config));
  CHECK(calls.status(second) == "HIT");
  CHECK(second.status() == 200);
  CHECK(second.whole);
  CHECK(second.sent == chat_body());
  CHECK(second.length() == chat_body().size());
  CHECK(second.header("content-type") == "application/json");
  CHECK(second.header("x-portkey-provider") == "openai");
  CHECK(calls.upstream.seen_count() == 1);
  const LogRecord& hit = calls.last();
  CHECK(hit.ok);
  CHECK(hit.state == State::complete);
  CHECK(hit.cache == Cache::hit);
  CHECK(hit.cache_neighbour == miss.id);
  CHECK_FALSE(hit.cache_score);
  CHECK(hit.attempts.empty());
  CHECK(hit.upstream_ms == 0);
  CHECK(hit.total_tokens == 12);
  CHECK(hit.cost_usd == 0);
  CHECK(hit.saved_usd == miss.cost_usd);
  CHECK_FALSE(miss.saved_usd);
  CHECK(hit.model == miss.model);
  CHECK(hit.response->body == chat_body());
  CHECK(calls.gateway.stats.cache_hits == 1);
  CHECK(calls.gateway.stats.cache_misses == 1);
  CHECK(calls.gateway.stats.prompt_tokens == 9);
}

TEST_CASE("Without a cache rule, or untracked, nothing is looked up or kept") {
  Calls calls;
  const FakeResponder plain = calls.answer(by(cached(calls.upstream, "", "")));
  CHECK(calls.status(plain) == "DISABLED");
  const FakeResponder untracked = calls.answer(by(cached(calls.upstream), {{"x-portkey-debug", "false"}}));
  CHECK(calls.status(untracked) == "DISABLED");
  CHECK(calls.last().cache == Cache::disabled);
  calls.gateway.rules.tracked = false;
  calls.gateway.use_rules();
  calls.answer(by(cached(calls.upstream)));
  CHECK(calls.gateway.answers.gets == 0);
  CHECK(calls.gateway.answers.entries.empty());
  CHECK(calls.upstream.seen_count() == 3);
}

TEST_CASE("A refresh asks anew and replaces what is kept") {
  Calls calls;
  const std::string config = cached(calls.upstream);
  calls.answer(by(config));
  calls.upstream.always(Answer::json(200, chat_body("new")));
  const FakeResponder refreshed = calls.answer(by(config, {{"x-portkey-cache-force-refresh", "true"}}));
  CHECK(calls.status(refreshed) == "REFRESH");
  CHECK(calls.last().cache == Cache::refreshed);
  const FakeResponder hit = calls.answer(by(config, {{"x-portkey-cache-force-refresh", "false"}}));
  CHECK(calls.status(hit) == "HIT");
  CHECK(hit.sent == chat_body("new"));
  CHECK(calls.gateway.stats.cache_refreshed == 1);
}

TEST_CASE("Only whole answers are kept that are no errors") {
  Calls calls;
  const std::string config = cached(calls.upstream);
  const std::vector<Answer> answers = {
      Answer::json(500, R"({"error":{"message":"no"}})"),
      Answer::json(429, R"({"error":{"message":"no"}})"),
      Answer::json(302, "{}"),
      Answer::json(200, R"({"error":{"message":"no"}})"),
      Answer::json(200, "<html>"),
      Answer::script().head(200, {{"Content-Type", "application/json"}}).bytes(R"({"choices":[)").close(),
      Answer::script().head(200, json_of_length(100)).bytes(chat_body().substr(0, 50)).close(),
      sse_head().chunk("data: {\"choices\":[]}\n\n").last_chunk(),
      sse_head().chunk("data: {\"choices\":[]}\n\n").reset(),
      sse_head().chunk("data: {\"error\":{\"message\":\"no\"}}\n\ndata: [DONE]\n\n").last_chunk()};
  for (const Answer& answer : answers) {
    calls.upstream.next(answer);
    const FakeResponder responder = calls.answer(by(config));
    CHECK(calls.gateway.answers.entries.empty());
  }
  CHECK(calls.upstream.seen_count() == answers.size());
}

TEST_CASE("A stream is kept up to its end mark, and given as a stream or whole") {
  Calls calls;
  const std::string config = cached(calls.upstream);
  calls.upstream.always(Answer::sse(chat_events({"al", "pha"})));
  const FakeResponder first = calls.answer(by(config, {}, true));
  CHECK(calls.status(first) == "MISS");
  const FakeResponder stream = calls.answer(by(config, {}, true));
  CHECK(calls.status(stream) == "HIT");
  CHECK(stream.sent == first.sent);
  CHECK(stream.header("content-type") == "text/event-stream");
  CHECK(calls.last().stream);
  CHECK(calls.last().total_tokens == 12);
  CHECK(calls.last().saved_usd);
  const FakeResponder whole = calls.answer(by(config));
  CHECK(calls.status(whole) == "HIT");
  CHECK(whole.sent.find("\"content\":\"alpha\"") != std::string::npos);
  CHECK_FALSE(calls.last().stream);
  CHECK(calls.last().total_tokens == 12);
  CHECK(calls.upstream.seen_count() == 1);
}

TEST_CASE("Who wants a usage that is not kept asks upstream, and what comes replaces the entry") {
  Calls calls;
  const std::string config = cached(calls.upstream);
  calls.upstream.next(Answer::sse(chat_events({"a"}, false)));
  pk::http::Request bare = by(config, {}, true);
  bare.body = R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"hello there"}],"stream":true})";
  calls.answer(bare);
  calls.upstream.next(Answer::json(200, chat_body("a")));
  CHECK(calls.status(calls.answer(by(config))) == "MISS");
  CHECK(calls.status(calls.answer(by(config))) == "HIT");
  const FakeResponder stream = calls.answer(bare);
  CHECK(calls.status(stream) == "HIT");
  CHECK(stream.sent.find("\"usage\":{") == std::string::npos);
  CHECK(calls.upstream.seen_count() == 2);
}

TEST_CASE("The body counts as the target's edits make it, also where the provider has another form") {
  Calls calls;
  const auto anthropic = [&](const std::string& model) {
    return R"({"provider":"anthropic","api_key":"k","custom_host":)" + quoted(calls.upstream.url()) +
           R"(,"cache":{"mode":"simple"},"override_params":{"max_tokens":5,"model":)" + quoted(model) + "}}";
  };
  calls.upstream.always(Answer::json(
      200,
      R"({"id":"m","type":"message","role":"assistant","model":"c","content":[{"type":"text","text":"alpha"}],)"
      R"("stop_reason":"end_turn","usage":{"input_tokens":7,"output_tokens":3}})"));
  const FakeResponder first = calls.answer(by(anthropic("c-1")));
  CHECK(calls.status(first) == "MISS");
  CHECK(calls.status(calls.answer(by(anthropic("c-2")))) == "MISS");
  const FakeResponder again = calls.answer(by(anthropic("c-1")));
  CHECK(calls.status(again) == "HIT");
  CHECK(again.sent == first.sent);
  CHECK(again.sent.find("chat.completion") != std::string::npos);
  CHECK(calls.last().total_tokens == 10);
  CHECK(calls.upstream.seen_count() == 2);
}

TEST_CASE("The built-in provider's answers are kept too") {
  Calls calls;
  const std::string config = R"({"provider":"demo","cache":{"mode":"simple"}})";
  const FakeResponder first = calls.answer(by(config));
  const FakeResponder second = calls.answer(by(config));
  CHECK(calls.status(second) == "HIT");
  CHECK(second.sent == first.sent);
}

// ---- routes ----

TEST_CASE("Each target is looked up when its turn comes; a target that failed stays in the attempts") {
  Calls calls;
  FakeUpstream down;
  down.always(Answer::json(500, R"({"error":{"message":"down"}})"));
  const std::string config = fallback({cached(down, "", ""), cached(calls.upstream)});
  CHECK(calls.status(calls.answer(by(config))) == "MISS");
  const FakeResponder hit = calls.answer(by(config));
  CHECK(calls.status(hit) == "HIT");
  CHECK(hit.header("x-portkey-last-used-option-index") == "config.targets[1]");
  CHECK(calls.upstream.seen_count() == 1);
  CHECK(down.seen_count() == 2);
  REQUIRE(calls.last().attempts.size() == 1);
  CHECK(calls.last().attempts[0].option == "config.targets[0]");
  CHECK(calls.last().cost_usd == 0);
}

TEST_CASE("What one target's cache said means nothing where the next one has none") {
  Calls calls;
  FakeUpstream down;
  down.always(Answer::json(500, R"({"error":{"message":"down"}})"));
  const FakeResponder answer = calls.answer(by(fallback({cached(down), cached(calls.upstream, "", "")})));
  CHECK(answer.status() == 200);
  CHECK(calls.status(answer) == "DISABLED");
  CHECK(calls.gateway.answers.gets == 1);
  CHECK(calls.gateway.answers.entries.empty());
}

TEST_CASE("A retry of the same target does not look again, and its answer is kept") {
  Calls calls;
  const std::string config = cached(calls.upstream, R"(,"retry":{"attempts":2})");
  calls.upstream.next(Answer::json(500, R"({"error":{"message":"no"}})"));
  const FakeResponder first = calls.answer(by(config));
  CHECK(calls.status(first) == "MISS");
  CHECK(first.header("x-portkey-retry-attempt-count") == "1");
  CHECK(calls.gateway.answers.gets == 1);
  const FakeResponder second = calls.answer(by(config));
  CHECK(calls.status(second) == "HIT");
  CHECK(second.header("x-portkey-retry-attempt-count") == "0");
  CHECK(calls.upstream.seen_count() == 2);
}

TEST_CASE("A stored answer that the config will not have goes on to the target itself") {
  Calls calls;
  calls.answer(by(cached(calls.upstream)));
  calls.upstream.always(Answer::json(201, chat_body("other")));
  const FakeResponder answer =
      calls.answer(by(cached(calls.upstream, R"(,"retry":{"attempts":1,"on_status_codes":[200]})")));
  CHECK(answer.status() == 201);
  CHECK(calls.status(answer) == "MISS");
  CHECK(calls.last().attempts.size() == 1);
  CHECK(calls.last().cost_usd != 0);
}

// ---- at the same time ----

TEST_CASE("Identical requests at the same time go upstream once") {
  Calls calls;
  const Gate gate;
  calls.upstream.always(held(gate));
  constexpr std::size_t k_clients = 8;
  std::vector<FakeResponder> clients(k_clients);
  for (FakeResponder& client : clients) calls.gateway.start(by(cached(calls.upstream)), client);
  gate.open();
  while (!calls.gateway.done()) calls.gateway.turn();
  CHECK(calls.upstream.seen_count() == 1);
  std::size_t hits = 0;
  for (const FakeResponder& client : clients) {
    CHECK(client.sent == chat_body());
    hits += calls.status(client) == "HIT" ? 1 : 0;
  }
  CHECK(hits == k_clients - 1);
  CHECK(calls.gateway.timers.running() == 0);
}

TEST_CASE("Who waits for an answer that fails, or whose client leaves, asks for itself") {
  for (const bool leaves : {false, true}) {
    INFO(leaves);
    Calls calls;
    const Gate gate;
    calls.upstream.next(leaves ? Answer::script().hang()
                               : Answer::script().wait(gate).head(500, json_of_length(2)).bytes("{}"));
    FakeResponder leader, waiter;
    calls.gateway.start(by(cached(calls.upstream)), leader);
    calls.gateway.start(by(cached(calls.upstream)), waiter);
    while (calls.upstream.seen_count() == 0) calls.gateway.turn_what_is_ready();
    leaves ? leader.leave() : gate.open();
    while (!calls.gateway.done()) calls.gateway.turn();
    CHECK(waiter.status() == 200);
    CHECK(calls.status(waiter) == "MISS");
    CHECK(calls.upstream.seen_count() == 2);
    CHECK(calls.gateway.answers.entries.size() == 1);
  }
}

TEST_CASE("A client that leaves while it waits for another's answer ends its exchange at once") {
  Calls calls;
  const Gate gate;
  calls.upstream.always(held(gate));
  FakeResponder leader, waiter;
  calls.gateway.start(by(cached(calls.upstream)), leader);
  calls.gateway.start(by(cached(calls.upstream)), waiter);
  waiter.leave();
  REQUIRE(calls.sink.closed.size() == 1);
  CHECK(calls.last().state == State::aborted);
  CHECK(calls.last().attempts.empty());
  CHECK_FALSE(calls.last().http_status);
  gate.open();
  while (!calls.gateway.done()) calls.gateway.turn();
  CHECK(leader.sent == chat_body());
  CHECK(calls.upstream.seen_count() == 1);
}

TEST_CASE("Who has waited long enough for another's answer asks for itself") {
  Calls calls;
  const Gate gate;
  calls.upstream.next(held(gate));
  FakeResponder leader, waiter;
  calls.gateway.start(by(cached(calls.upstream)), leader);
  calls.gateway.start(by(cached(calls.upstream)), waiter);
  CHECK(calls.gateway.timers.running() == 1);
  // The answer that is held back is the leader's.
  while (calls.upstream.seen_count() == 0) calls.gateway.turn_what_is_ready();
  calls.gateway.timers.end_all();
  while (waiter.status() == 0) calls.gateway.turn();
  CHECK(calls.status(waiter) == "MISS");
  CHECK(leader.status() == 0);
  gate.open();
  while (!calls.gateway.done()) calls.gateway.turn();
  CHECK(calls.upstream.seen_count() == 2);
}

TEST_CASE("Others do not wait for a record on its way to the disk") {
  Calls calls;
  calls.sink.durable_up_to = 0;
  const Gate gate;
  calls.upstream.always(held(gate));
  FakeResponder leader, waiter;
  calls.gateway.start(by(cached(calls.upstream)), leader);
  calls.gateway.start(by(cached(calls.upstream)), waiter);
  gate.open();
  // Both are recorded before either is released.
  while (calls.sink.closed.size() < 2) calls.gateway.turn();
  CHECK_FALSE(leader.whole);
  calls.sink.durable_up_to = std::numeric_limits<pk::log::Sink::Seq>::max();
  calls.gateway.gate.notify();
  while (!calls.gateway.done()) calls.gateway.turn();
  CHECK(calls.status(waiter) == "HIT");
}
