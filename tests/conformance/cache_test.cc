// K: answers that are given again. Which requests are the same, what is kept and for how long, and what
// happens to those that come at the same time.
#include <atomic>
#include <filesystem>
#include <thread>

#include "conformance/configs.h"
#include "support/catch.h"

using namespace pk::test;

namespace {

std::string cached(const FakeUpstream& upstream, std::string_view more = "") {
  return target(upstream, R"("cache":{"mode":"simple"})" + (more.empty() ? "" : "," + std::string(more)));
}

std::string status(const Reply& reply) {
  return reply.header("x-portkey-cache-status");
}

// Each answer says how many came before it.
void count_answers(FakeUpstream& upstream) {
  upstream.handle([n = std::make_shared<std::atomic<int>>(0)](const SeenRequest&) {
    return ok("answer " + std::to_string((*n)++));
  });
}

// An answer that the gate holds back.
Answer held(const Gate& gate, const std::string& body = chat_body(), int status = 200) {
  return Answer::script()
      .wait(gate)
      .head(status, {{"Content-Type", "application/json"}, {"Content-Length", std::to_string(body.size())}})
      .bytes(body);
}

std::string asked(const std::string& config, const std::string& body = chat_request()) {
  return request_text("POST", "/v1/chat/completions", under(config), body);
}

double metric(const Serve& serve, const std::string& name) {
  const std::string text = "\n" + request(serve.port(), "GET", "/metrics").body;
  const std::size_t line = text.find("\n" + name + " ");
  return line == std::string::npos ? -1 : std::strtod(text.c_str() + line + name.size() + 2, nullptr);
}

}  // namespace

TEST_CASE("K1: the second of two like requests is a hit, and costs nothing", "[cache]") {
  FakeUpstream upstream;
  count_answers(upstream);
  Serve serve;
  const Reply first = ask(serve, cached(upstream));
  CHECK(status(first) == "MISS");
  const Reply second = ask(serve, cached(upstream));
  CHECK(status(second) == "HIT");
  CHECK(second.body == first.body);
  CHECK(second.header("content-type") == "application/json");
  CHECK(second.header("x-portkey-provider") == "openai");
  CHECK(second.header("x-portkey-retry-attempt-count") == "0");
  CHECK(upstream.seen_count() == 1);
  const auto miss = record_of(serve, first), hit = record_of(serve, second);
  CHECK(status_of(miss) == "cache-miss,retry-not-triggered,fallback-disabled,loadbalance-disabled");
  CHECK(status_of(hit) == "cache-hit,retry-not-triggered,fallback-disabled,loadbalance-disabled");
  CHECK(at(hit, "/attempts") == "[]");
  CHECK(std::stod(at(hit, "/upstream_ms")) == 0);
  CHECK(std::stod(at(hit, "/cost_usd")) == 0);
  CHECK(at(hit, "/saved_usd") == at(miss, "/cost_usd"));
  CHECK(at(hit, "/total_tokens") == "12");
  CHECK(at(hit, "/cache_neighbour") == at(miss, "/id"));
  CHECK(at(hit, "/cache_score") == "null");
  CHECK(at(hit, "/cache_verdict") == "null");
  CHECK(at(miss, "/cache_neighbour") == "null");
  CHECK(at(hit, "/response/body/choices/0/message/content") == "answer 0");
  CHECK(metric(serve, "pk_cache_lookups_total{result=\"hit\"}") == 1);
  CHECK(metric(serve, "pk_cache_lookups_total{result=\"miss\"}") == 1);
}

TEST_CASE("K2: an answer is given for max_age seconds", "[cache]") {
  FakeUpstream upstream;
  count_answers(upstream);
  Serve serve;
  const std::string config = target(upstream, R"("cache":{"mode":"simple","max_age":2})");
  const Reply first = ask(serve, config);
  CHECK(comes_true([&] { return ask(serve, config).body != first.body; }));
  CHECK(upstream.seen_count() == 2);
}

TEST_CASE("max_age is 1 second to 90 days", "[cache]") {
  FakeUpstream upstream;
  Serve serve;
  for (const char* good : {"1", "7776000"})
    CHECK(ask(serve, target(upstream, R"("cache":{"mode":"simple","max_age":)" + std::string(good) + "}"))
              .status == 200);
  for (const char* bad : {"0", "-1", "7776001", "1.5", "\"60\""}) {
    INFO(bad);
    CHECK(ask(serve, target(upstream, R"("cache":{"mode":"simple","max_age":)" + std::string(bad) + "}"))
              .status == 400);
  }
}

TEST_CASE("K3: a refresh asks upstream, and its answer is the one that is given from then on", "[cache]") {
  FakeUpstream upstream;
  count_answers(upstream);
  Serve serve;
  ask(serve, cached(upstream));
  const Reply refreshed = ask(serve, cached(upstream), {{"x-portkey-cache-force-refresh", "true"}});
  CHECK(status(refreshed) == "REFRESH");
  CHECK(status_of(record_of(serve, refreshed)).starts_with("cache-refreshed"));
  const Reply hit = ask(serve, cached(upstream));
  CHECK(status(hit) == "HIT");
  CHECK(hit.body == refreshed.body);
  CHECK(upstream.seen_count() == 2);
}

TEST_CASE("Only the literal true refreshes, and only where there is a cache", "[cache]") {
  FakeUpstream upstream;
  Serve serve;
  ask(serve, cached(upstream));
  for (const char* value : {"false", "True", "1", ""}) {
    INFO(value);
    CHECK(status(ask(serve, cached(upstream), {{"x-portkey-cache-force-refresh", value}})) == "HIT");
  }
  CHECK(status(ask(serve, target(upstream), {{"x-portkey-cache-force-refresh", "true"}})) == "DISABLED");
}

TEST_CASE("K4: what is no unified route is not for the cache", "[cache]") {
  FakeUpstream upstream;
  upstream.always(Answer::json(200, R"({"id":"file-1"})"));
  Serve serve;
  for (int i = 0; i < 2; ++i) {
    HeaderList headers = under(cached(upstream));
    headers[0].second = "multipart/form-data; boundary=b";
    const Reply reply =
        request(serve.port(), "POST", "/v1/files", headers,
                "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--b--\r\n");
    CHECK(reply.status == 200);
    CHECK(status(reply) == "DISABLED");
    CHECK(status(ask_at(serve, "/v1/images/generations", cached(upstream), {}, R"({"prompt":"p"})")) ==
          "DISABLED");
  }
  CHECK(upstream.seen_count() == 4);
}

TEST_CASE("K5: a stream is given again as the stream it was", "[cache]") {
  FakeUpstream upstream;
  upstream.always(Answer::sse(chat_events({"Hel", "lo"})));
  Serve serve;
  const std::string body =
      R"({"model":"gpt-4o-mini","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]})";
  const Reply first = ask(serve, cached(upstream), {}, body);
  const Reply second = ask(serve, cached(upstream), {}, body);
  CHECK(status(first) == "MISS");
  CHECK(status(second) == "HIT");
  CHECK(second.header("content-type") == "text/event-stream");
  CHECK(second.body == first.body);
  CHECK(second.body.ends_with("data: [DONE]\n\n"));
  const auto record = record_of(serve, second);
  CHECK(at(record, "/stream") == "true");
  CHECK(at(record, "/total_tokens") == "12");
  CHECK(at(record, "/response/body/choices/0/message/content") == "Hello");
  CHECK(upstream.seen_count() == 1);
}

TEST_CASE("A stream is given whole, and a whole answer as a stream, whichever is asked for", "[cache]") {
  FakeUpstream upstream;
  upstream.handle([](const SeenRequest& seen) {
    return seen.body.find("\"stream\":true") != std::string::npos ? Answer::sse(chat_events({"Hel", "lo"}))
                                                                  : ok("Hello");
  });
  Serve serve;
  const Reply stream = ask(serve, cached(upstream), {}, chat_request("one", true));
  CHECK(status(stream) == "MISS");
  const Reply whole = ask(serve, cached(upstream), {}, chat_request("one"));
  CHECK(status(whole) == "HIT");
  CHECK(whole.header("content-type") == "application/json");
  CHECK(at(parse_json(whole.body), "/choices/0/message/content") == "Hello");
  CHECK(at(parse_json(whole.body), "/usage/total_tokens") == "12");
  CHECK(status(ask(serve, cached(upstream), {}, chat_request("two"))) == "MISS");
  const Reply streamed = ask(serve, cached(upstream), {}, chat_request("two", true));
  CHECK(status(streamed) == "HIT");
  CHECK(streamed.header("content-type").rfind("text/event-stream", 0) == 0);
  CHECK(streamed.body.ends_with("data: [DONE]\n\n"));
  CHECK(at(record_of(serve, streamed), "/response/body/choices/0/message/content") == "Hello");
  CHECK(upstream.seen_count() == 2);
}

TEST_CASE("A message is kept as the message that the client got", "[cache]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string plain = R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]})";
  const std::string streamed =
      R"({"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"hi"}]})";
  const Reply first = ask_at(serve, "/v1/messages", cached(upstream), {}, plain);
  const Reply second = ask_at(serve, "/v1/messages", cached(upstream), {}, plain);
  CHECK(status(second) == "HIT");
  CHECK(second.body == first.body);
  CHECK(at(parse_json(second.body), "/type") == "message");
  const Reply stream = ask_at(serve, "/v1/messages", cached(upstream), {}, streamed);
  CHECK(status(stream) == "HIT");
  CHECK(stream.body.find("event: message_stop") != std::string::npos);
  CHECK(upstream.seen_count() == 1);
}

// ---- which requests are the same ----

TEST_CASE("K8: who calls with another key gets an answer of his own", "[cache]") {
  FakeUpstream upstream;
  count_answers(upstream);
  Serve serve;
  const auto with = [&](std::string_view key) {
    return request(serve.port(), "POST", "/v1/chat/completions",
                   {{"Content-Type", "application/json"},
                    {"Authorization", "Bearer " + std::string(key)},
                    {"x-portkey-provider", "openai"},
                    {"x-portkey-custom-host", upstream.url()},
                    {"x-portkey-config", R"({"cache":{"mode":"simple"}})"}},
                   chat_request());
  };
  CHECK(status(with("sk-one")) == "MISS");
  CHECK(status(with("sk-two")) == "MISS");
  CHECK(status(with("sk-one")) == "HIT");
  CHECK(status(with("sk-two")) == "HIT");
  CHECK(upstream.seen_count() == 2);
}

TEST_CASE("Two of our own keys share nothing, unless they name a space to share", "[cache]") {
  FakeUpstream upstream;
  TempFolder folder;
  const std::string one = keep(folder.path(), {"key", "add", "one"});
  const std::string two = keep(folder.path(), {"key", "add", "two"});
  Serve serve({.data = folder.path()});
  const auto with = [&](const std::string& own, const HeaderList& more = {}) {
    HeaderList headers{{"x-portkey-api-key", own}};
    headers.insert(headers.end(), more.begin(), more.end());
    return status(ask(serve, cached(upstream), headers));
  };
  CHECK(with(one) == "MISS");
  CHECK(with(two) == "MISS");
  CHECK(with(one) == "HIT");
  const HeaderList shared{{"x-portkey-cache-namespace", "all"}};
  CHECK(with(one, shared) == "MISS");
  CHECK(with(two, shared) == "HIT");
}

TEST_CASE("Metadata, namespace, path, provider, host and headers tell requests apart", "[cache]") {
  FakeUpstream upstream, other;
  Serve serve;
  const std::string config = cached(upstream);
  CHECK(status(ask(serve, config)) == "MISS");
  const std::vector<HeaderList> others = {{{"x-portkey-metadata", R"({"team":"red"})"}},
                                          {{"x-portkey-metadata", R"({"team":"blue"})"}},
                                          {{"x-portkey-cache-namespace", "one"}},
                                          {{"x-portkey-cache-namespace", "two"}},
                                          {{"openai-organization", "o1"}},
                                          {{"openai-organization", "o2"}},
                                          {{"x-portkey-forward-headers", "x-tenant"}, {"x-tenant", "1"}},
                                          {{"x-portkey-forward-headers", "x-tenant"}, {"x-tenant", "2"}}};
  for (const HeaderList& more : others) {
    INFO(more[0].first << ": " << more[0].second);
    CHECK(status(ask(serve, config, more)) == "MISS");
    CHECK(status(ask(serve, config, more)) == "HIT");
  }
  CHECK(status(ask(serve, cached(other))) == "MISS");
  CHECK(status(ask_at(serve, "/v1/completions", config, {}, chat_request())) == "MISS");
  std::string groq = config;
  groq.replace(groq.find("openai"), 6, "groq");
  CHECK(status(ask(serve, groq)) == "MISS");
  CHECK(status(ask(serve, config)) == "HIT");
}

TEST_CASE("Trace ids, clients' own headers and the way a body is written do not", "[cache]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string config = cached(upstream);
  CHECK(status(ask(serve, config)) == "MISS");
  CHECK(status(ask(serve, config,
                   {{"x-portkey-trace-id", "t2"},
                    {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
                    {"User-Agent", "another"},
                    {"X-Stainless-Lang", "js"},
                    {"Accept", "application/json"}})) == "HIT");
  CHECK(status(ask(serve, config, {},
                   " { \"messages\" : [ {\"content\":\"h\\u0069\", \"role\":\"user\"} ],\n"
                   "\"model\":\"gpt-4o-mini\" }")) == "HIT");
  CHECK(
      status(ask(serve, config, {},
                 R"({"model":"gpt-4o-mini","temperature":0,"messages":[{"role":"user","content":"hi"}]})")) ==
      "MISS");
  CHECK(upstream.seen_count() == 2);
}

TEST_CASE("A namespace stands in for the headers, not for the rest", "[cache]") {
  FakeUpstream upstream;
  Serve serve;
  const auto with = [&](const HeaderList& more) {
    HeaderList headers{{"x-portkey-cache-namespace", "n"}};
    headers.insert(headers.end(), more.begin(), more.end());
    return status(ask(serve, cached(upstream), headers));
  };
  CHECK(with({}) == "MISS");
  CHECK(with({{"openai-organization", "o1"}}) == "HIT");
  CHECK(with({{"x-portkey-metadata", R"({"a":"b"})"}}) == "MISS");
}

TEST_CASE("The key is over the body with its overrides", "[cache]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string config = cached(upstream, R"("override_params":{"temperature":0})");
  CHECK(status(ask(serve, config)) == "MISS");
  CHECK(
      status(ask(serve, config, {},
                 R"({"model":"gpt-4o-mini","temperature":1,"messages":[{"role":"user","content":"hi"}]})")) ==
      "HIT");
  CHECK(status(ask(serve, cached(upstream))) == "MISS");
}

TEST_CASE("A target's cache goes before that of its config", "[cache]") {
  FakeUpstream upstream, second;
  Serve serve;
  // The inner rule lets go after a second, the outer one after a week.
  const std::string config =
      strategy("single", {target(upstream, R"("cache":{"mode":"simple","max_age":1})")},
               R"("cache":{"mode":"simple"})");
  CHECK(status(ask(serve, config)) == "MISS");
  CHECK(comes_true([&] { return status(ask(serve, config)) == "MISS"; }));
  const std::string inherited = strategy("single", {target(second)}, R"("cache":{"mode":"simple"})");
  CHECK(status(ask(serve, inherited)) == "MISS");
  CHECK(status(ask(serve, inherited)) == "HIT");
}

// ---- what is kept ----

TEST_CASE("Errors are never kept, nor what was cut", "[cache]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string part = R"({"choices":[{"index":0)";
  const std::vector<Answer> answers = {
      refused(400),
      refused(401),
      refused(404),
      refused(429),
      refused(500),
      refused(503),
      Answer::json(200, R"({"error":{"message":"no"}})"),
      Answer::script().head(200, {{"Content-Type", "application/json"}}).bytes(part).close(),
      Answer::script()
          .head(200, {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}})
          .chunk("data: {}\n\n")
          .reset()};
  for (const Answer& answer : answers) {
    upstream.next(answer);
    ask(serve, cached(upstream));
  }
  CHECK(upstream.seen_count() == answers.size());
  CHECK(status(ask(serve, cached(upstream))) == "MISS");
  CHECK(status(ask(serve, cached(upstream))) == "HIT");
}

TEST_CASE("An untracked request is neither read from the cache nor written to it", "[cache]") {
  FakeUpstream upstream;
  Serve serve;
  const HeaderList untracked{{"x-portkey-debug", "false"}};
  CHECK(status(ask(serve, cached(upstream), untracked)) == "DISABLED");
  CHECK(status(ask(serve, cached(upstream))) == "MISS");
  const Reply again = ask(serve, cached(upstream), untracked);
  CHECK(status(again) == "DISABLED");
  CHECK(at(record_of(serve, again), "/cache") == "disabled");
  CHECK(upstream.seen_count() == 3);
}

TEST_CASE("An answer larger than the limit is not kept", "[cache]") {
  FakeUpstream upstream;
  upstream.always(ok(std::string(3000, 'x')));
  Serve serve({.flags = {"--cache-entry-bytes-max", "2kB"}});
  CHECK(status(ask(serve, cached(upstream))) == "MISS");
  CHECK(status(ask(serve, cached(upstream))) == "MISS");
}

TEST_CASE("With --cache off nothing is cached and no file is made", "[cache]") {
  FakeUpstream upstream;
  Serve serve({.flags = {"--cache", "off"}});
  for (int i = 0; i < 2; ++i) CHECK(status(ask(serve, cached(upstream))) == "DISABLED");
  CHECK_FALSE(std::filesystem::exists(serve.data() / "cache.mdb"));
}

TEST_CASE("An answer outlives the server, also one that is killed", "[cache]") {
  FakeUpstream upstream;
  count_answers(upstream);
  TempFolder folder;
  std::string body;
  {
    Serve serve({.data = folder.path()});
    body = ask(serve, cached(upstream)).body;
    CHECK(serve.terminate() == 0);
  }
  {
    Serve serve({.data = folder.path()});
    const Reply hit = ask(serve, cached(upstream));
    CHECK(status(hit) == "HIT");
    CHECK(hit.body == body);
    ask(serve, cached(upstream), {}, chat_request("another"));
    serve.kill9();
  }
  Serve serve({.data = folder.path()});
  CHECK(ask(serve, cached(upstream)).body == body);
  CHECK(ask(serve, cached(upstream), {}, chat_request("another")).status == 200);
  CHECK(status(ask(serve, cached(upstream), {}, chat_request("another"))) == "HIT");
}

TEST_CASE("A cache that cannot be opened is told, and harms nobody", "[cache]") {
  FakeUpstream upstream;
  TempFolder folder;
  std::filesystem::create_directories(folder.path() / "cache.mdb" / "not a file");
  Serve serve({.data = folder.path()});
  for (int i = 0; i < 2; ++i) {
    const Reply reply = ask(serve, cached(upstream));
    CHECK(reply.status == 200);
    CHECK(status(reply) == "DISABLED");
  }
  const auto health = parse_json(request(serve.port(), "GET", "/health").body);
  CHECK(at(health, "/status") == "ok");
  CHECK(at(health, "/notes/0").find("no cache") != std::string::npos);
}

// ---- at the same time ----

TEST_CASE("Identical requests at the same time go upstream once", "[cache]") {
  FakeUpstream upstream;
  const Gate gate;
  upstream.always(held(gate));
  Serve serve;
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<HttpClient>(serve.port()));
    clients.back()->send(asked(cached(upstream)));
  }
  upstream.seen(0);
  gate.open();
  int hits = 0;
  for (const auto& client : clients) {
    const Reply reply = client->read_reply();
    CHECK(reply.body == chat_body());
    hits += status(reply) == "HIT" ? 1 : 0;
  }
  CHECK(hits == 19);
  CHECK(upstream.seen_count() == 1);
}

TEST_CASE("With --no-cache-coalesce each of them goes", "[cache]") {
  FakeUpstream upstream;
  const Gate gate;
  upstream.always(held(gate));
  Serve serve({.flags = {"--no-cache-coalesce"}});
  HttpClient one(serve.port()), two(serve.port());
  one.send(asked(cached(upstream)));
  two.send(asked(cached(upstream)));
  upstream.seen(1);
  gate.open();
  CHECK(status(one.read_reply()) == "MISS");
  CHECK(status(two.read_reply()) == "MISS");
}

TEST_CASE("Whoever waits asks for himself when the first one's client leaves, or it gets an error",
          "[cache]") {
  FakeUpstream upstream;
  Serve serve;
  for (const bool leaves : {true, false}) {
    INFO(leaves);
    const std::size_t before = upstream.seen_count();
    const std::string body = chat_request(leaves ? "left" : "failed");
    const Gate gate;
    upstream.next(leaves ? Answer::script().hang() : held(gate, R"({"error":{"message":"no"}})", 500));
    HttpClient first(serve.port()), second(serve.port());
    first.send(asked(cached(upstream), body));
    upstream.seen(before);
    second.send(asked(cached(upstream), body));
    leaves ? first.abort() : gate.open();
    const Reply reply = second.read_reply();
    CHECK(reply.status == 200);
    CHECK(status(reply) == "MISS");
    CHECK(upstream.seen_count() == before + 2);
    CHECK(status(ask(serve, cached(upstream), {}, body)) == "HIT");
  }
}

TEST_CASE("A stream that others wait for is theirs when it is whole", "[cache]") {
  FakeUpstream upstream;
  const Gate gate;
  upstream.always(Answer::script()
                      .head(200, {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}})
                      .chunk("data: {\"choices\":[]}\n\n")
                      .wait(gate)
                      .chunk("data: [DONE]\n\n")
                      .last_chunk());
  Serve serve;
  HttpClient first(serve.port()), second(serve.port());
  first.send(asked(cached(upstream), chat_request("hi", true)));
  CHECK(first.read_until("\n\n") == "data: {\"choices\":[]}\n\n");
  second.send(asked(cached(upstream), chat_request("hi", true)));
  gate.open();
  const Reply one = first.read_reply(), two = second.read_reply();
  CHECK(two.body == one.body);
  CHECK(status(two) == "HIT");
  CHECK(upstream.seen_count() == 1);
}
