// `pk serve --replay`: answers from the ledger, without a provider.
#include <fstream>

#include "support/catch.h"
#include "support/run_pk.h"
#include "support/serve_fixture.h"
#include "support/temp_folder.h"
#include "support/wait_until.h"

using namespace pk::test;

namespace {

Reply ask(const Serve& serve, const std::string& body, const std::string& path = "/v1/chat/completions") {
  return request(serve.port(), "POST", path, {{"content-type", "application/json"}}, body);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("A logged request is answered as it was, whatever its spaces and order; nothing is asked or logged",
          "[recorded]") {
  FakeUpstream upstream;
  Serve live;
  upstream.next(Answer::json(200, chat_body("First")));
  upstream.next(Answer::json(200, chat_body("Second")));
  upstream.next(Answer::json(429, R"({"error":{"message":"slow down"}})"));
  const Reply first = chat(live, upstream, {}, R"({"model":"m","messages":[],"n":1})");
  const Reply second = chat(live, upstream, {}, R"({"n":1, "model":"m","messages":[]})");
  chat(live, upstream, {}, R"({"model":"m","messages":[],"n":2})");
  live.terminate();

  Serve serve({.flags = {"--replay", "provider:openai", "--replay-speed", "0"}, .data = live.data()});
  REQUIRE(serve.listening());
  CHECK(has(serve.errors(), "answering from 3 logs"));
  const std::string same = R"({ "messages" : [ ], "model":"m", "n" : 1 })";
  const Reply one = ask(serve, same), two = ask(serve, same), three = ask(serve, same);
  CHECK(one.status == 200);
  CHECK(one.body == first.body);
  CHECK(one.header("x-pk-log-id") == first.header("x-pk-log-id"));
  CHECK(two.body == second.body);
  CHECK(three.body == first.body);
  const Reply limited = ask(serve, R"({"model":"m","messages":[],"n":2})");
  CHECK(limited.status == 429);
  CHECK(has(limited.body, "slow down"));
  CHECK(upstream.seen_count() == 3);
  CHECK(logs(live.data()).size() == 3);
  CHECK(serve.terminate() == 0);
}

TEST_CASE("A stream comes in its events, at its own pace if that is wanted", "[recorded]") {
  FakeUpstream upstream;
  Gate gate;
  Answer slow = Answer::script();
  slow.head(200, {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}});
  for (const std::string& data : chat_events({"Hel", "lo"})) slow.chunk("data: " + data + "\n\n");
  slow.last_chunk();
  upstream.always(slow);
  Serve live;
  const Reply first = chat(live, upstream, {}, chat_request("hi", true));
  live.terminate();
  for (const char* speed : {"0", "1", "10"}) {
    Serve serve({.flags = {"--replay", "stream:true", "--replay-speed", speed}, .data = live.data()});
    const Reply again = ask(serve, chat_request("hi", true));
    CHECK(again.status == 200);
    CHECK(again.header("content-type") == "text/event-stream");
    CHECK(again.body == first.body);
    CHECK(ask(serve, chat_request("hi", false)).status == 404);
  }
}

TEST_CASE("What is not logged is a clear 404 that names the nearest log", "[recorded]") {
  FakeUpstream upstream;
  Serve live;
  const Reply first =
      chat(live, upstream, {}, R"({"model":"m","messages":[{"role":"user","content":"a"}],"n":1})");
  live.terminate();
  Serve serve({.flags = {"--replay", ""}, .data = live.data()});
  REQUIRE(serve.listening());
  const Reply other = ask(serve, R"({"model":"m","messages":[{"role":"user","content":"b"}],"n":1})");
  CHECK(other.status == 404);
  const auto told = parse_json(other.body);
  CHECK(at(told, "/error/message") ==
        "no logged request is the same as this POST /v1/chat/completions; the nearest is log " +
            first.header("x-pk-log-id") + ", which differs in body.messages[0]");
  CHECK(at(told, "/error/type") == "not_found_error");
  CHECK(has(ask(serve, "{}", "/v1/embeddings").body, "and none went there"));
  CHECK(ask(serve, "no json").status == 404);
}

TEST_CASE("It runs beside a server on the same ledger, and asks for a key where keys are wanted",
          "[recorded]") {
  FakeUpstream upstream;
  Serve live;
  chat(live, upstream, {}, chat_request("hi"));
  Serve beside({.flags = {"--replay", "provider:openai"}, .data = live.data()});
  REQUIRE(beside.listening());
  CHECK(ask(beside, chat_request("hi")).status == 200);
  const PkRun key = run_pk(live.data(), {"key", "add", "me", "--scope", "proxy"});
  REQUIRE(key.exit == 0);
  Serve guarded({.flags = {"--replay", "provider:openai"}, .data = live.data()});
  CHECK(ask(guarded, chat_request("hi")).status == 401);
}

TEST_CASE("It says that it is well, to whoever asks", "[recorded]") {
  FakeUpstream upstream;
  Serve live;
  chat(live, upstream);
  REQUIRE(run_pk(live.data(), {"key", "add", "me", "--scope", "proxy"}).exit == 0);
  Serve serve({.flags = {"--replay", ""}, .data = live.data()});
  const Reply health = request(serve.port(), "GET", "/health", {}, "");
  CHECK(health.status == 200);
  CHECK(health.body == R"({"status":"ok","reasons":[]})");
}

TEST_CASE("A call of a prompt is answered as it was", "[recorded]") {
  Serve live;
  TempFolder folder;
  std::ofstream(folder.path() / "p.json") << R"({"provider":"demo","model":"demo",
    "messages":[{"role":"user","content":"Hello {{name}}"}]})";
  REQUIRE(run_pk(live.data(), {"prompt", "add", "hello", (folder.path() / "p.json").string()}).exit == 0);
  const auto call = [](const Serve& serve, const std::string& name) {
    return ask(serve, R"({"variables":{"name":")" + name + R"("}})", "/v1/prompts/hello/completions");
  };
  Reply first;
  wait_until("the server knows the prompt", [&] {
    first = call(live, "Ann");
    return first.status != 404;
  });
  REQUIRE(first.status == 200);
  live.terminate();
  Serve serve({.flags = {"--replay", "status:cache-disabled http-status:200", "--replay-speed", "0"},
               .data = live.data()});
  const Reply again = call(serve, "Ann");
  CHECK(again.status == 200);
  CHECK(again.body == first.body);
  CHECK(call(serve, "Bob").status == 404);
}

TEST_CASE("A filter that means nothing, and bad flags, end it before it listens", "[recorded]") {
  FakeUpstream upstream;
  Serve live;
  chat(live, upstream);
  const auto ends = [&](std::vector<std::string> flags) {
    std::vector<std::string> all = {"--data", live.data().string(), "serve", "--listen", "127.0.0.1:0"};
    all.insert(all.end(), flags.begin(), flags.end());
    return call_pk({.arguments = all}).exit;
  };
  CHECK(ends({"--replay", "model:nothing-like-it"}) == 3);
  CHECK(ends({"--replay", "nonsense:x"}) == 2);
  CHECK(ends({"--replay", "provider:openai", "--replay-speed", "fast"}) == 2);
  CHECK(ends({"--replay", "provider:openai", "--replay-speed", "-1"}) == 2);
  CHECK(ends({"--replay-speed", "2"}) == 2);
}
