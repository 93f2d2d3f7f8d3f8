// Logged requests sent again with `pk replay`, beside a running server: what the upstream gets, what is
// logged of it, and what is refused.
#include <fstream>

#include "support/catch.h"
#include "support/run_pk.h"
#include "support/serve_fixture.h"
#include "support/temp_folder.h"
#include "support/wait_until.h"

using namespace pk::test;

namespace {

const std::string k_key = "OPENAI_API_KEY=sk-of-the-environment-0123";

PkOutcome replay(const Serve& serve, std::vector<std::string> arguments,
                 std::vector<std::string> environment = {k_key}) {
  std::vector<std::string> all = {"--data", serve.data().string(), "replay"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return call_pk({.arguments = all, .environment = std::move(environment)});
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string id_of(const Reply& reply) {
  return reply.header("x-pk-log-id");
}

// Spaces, an escape, a number that no double holds: what a rebuilt body would lose.
const std::string k_odd_body =
    "{ \"model\" : \"gpt-4o-mini\",\n\t\"temperature\": 7e-1, \"seed\":12345678901234567890123,\n"
    "  \"messages\":[ {\"role\":\"user\",\"content\":\"caf\\u00e9\"} ] }\n";

}  // namespace

TEST_CASE("A replay sends the original bytes to the same path, and leaves a log that names its original",
          "[replay]") {
  FakeUpstream upstream;
  Serve serve;
  const Reply first =
      chat(serve, upstream, {{"x-portkey-metadata", R"({"team":"red"})"}, {"x-portkey-trace-id", "t1"}},
           k_odd_body);
  REQUIRE(first.status == 200);
  const PkOutcome done = replay(serve, {id_of(first)});
  CHECK(done.err == "");
  REQUIRE(done.exit == 0);
  const SeenRequest original = upstream.seen(0), again = upstream.seen(1);
  CHECK(again.body == k_odd_body);
  CHECK(again.body == original.body);
  CHECK(again.target == original.target);
  CHECK(again.method == "POST");
  CHECK(again.header("authorization") == "Bearer sk-of-the-environment-0123");

  const auto told = parse_json(done.out);
  CHECK(at(told, "/replay_of") == id_of(first));
  CHECK(at(told, "/verdict") == "same");
  const auto log = log_of(serve.data(), at(told, "/id"));
  CHECK(at(log, "/replay_of") == id_of(first));
  CHECK(at(log, "/cache") == "disabled");
  CHECK(at(log, "/path") == "/v1/chat/completions");
  CHECK(at(log, "/metadata/team") == "red");
  CHECK(at(log, "/trace_id") != "t1");
  CHECK(at(log, "/replayable") == "true");
  CHECK(logs(serve.data(), {"--replay-of", id_of(first)}).size() == 1);
}

TEST_CASE("A replay of a replay is one too", "[replay]") {
  FakeUpstream upstream;
  Serve serve;
  chat(serve, upstream);
  REQUIRE(replay(serve, {"@latest"}).exit == 0);
  REQUIRE(replay(serve, {"@latest"}).exit == 0);
  const auto rows = logs(serve.data());
  REQUIRE(rows.size() == 3);
  CHECK(at(rows[0], "/replay_of") == at(rows[1], "/id"));
  CHECK(upstream.seen(2).header("authorization") == "Bearer sk-of-the-environment-0123");
}

TEST_CASE("A client cannot have its log marked as a replay", "[replay]") {
  FakeUpstream upstream;
  Serve serve;
  const Reply first = chat(serve, upstream);
  const Reply forged =
      chat(serve, upstream, {{"x-pk-replay-of", id_of(first)}, {"x-portkey-replay-of", id_of(first)}});
  CHECK(at(log_of(serve.data(), id_of(forged)), "/replay_of") == "null");
}

TEST_CASE("Streams are replayed as streams, tool calls as they were", "[replay]") {
  FakeUpstream upstream;
  upstream.always(Answer::sse(chat_events({"Hel", "lo"})));
  Serve serve;
  const Reply first = chat(serve, upstream, {}, chat_request("hi", true));
  REQUIRE(first.status == 200);
  const PkOutcome same = replay(serve, {id_of(first), "--assert", "same"});
  CHECK(same.exit == 0);
  const auto log = log_of(serve.data(), at(parse_json(same.out), "/id"));
  CHECK(at(log, "/stream") == "true");
  CHECK(at(log, "/ttft_ms") != "null");
  CHECK(at(log, "/response/body/choices/0/message/content") == "Hello");

  const auto call = [](const char* arguments) {
    return Answer::json(
        200, std::string(R"({"choices":[{"message":{"role":"assistant","content":null,"tool_calls":[
      {"id":"1","type":"function","function":{"name":"find","arguments":")") +
                 arguments + R"("}}]}}]})");
  };
  upstream.always(call(R"({\"a\": 1, \"b\": 2})"));
  const Reply tool = chat(serve, upstream);
  upstream.always(call(R"({\"b\":2,\"a\":1})"));
  CHECK(at(parse_json(replay(serve, {id_of(tool)}).out), "/verdict") == "same");
  upstream.always(call(R"({\"b\":3,\"a\":1})"));
  const PkOutcome other = replay(serve, {id_of(tool), "--diff"});
  CHECK(at(parse_json(other.out), "/verdict") == "changed");
  CHECK(at(parse_json(other.out), "/diff/tool_calls/after/0/arguments/b") == "3");
}

TEST_CASE("Overrides are spliced into the body", "[replay]") {
  FakeUpstream upstream;
  Serve serve;
  const Reply first = chat(serve, upstream, {}, k_odd_body);
  const PkOutcome done = replay(serve, {id_of(first), "--model", "gpt-4o", "--set", "temperature=0", "--set",
                                        R"(stop=["."])", "--stream"});
  CHECK(done.exit == 0);
  CHECK(upstream.seen(1).body ==
        "{ \"model\" : \"gpt-4o\",\n\t\"temperature\": 0, \"seed\":12345678901234567890123,\n"
        "  \"messages\":[ {\"role\":\"user\",\"content\":\"caf\\u00e9\"} ],\"stop\":[\".\"],\"stream\":true "
        "}\n");
}

TEST_CASE("The seed repeats the choice of a load balance, through the config of then", "[replay]") {
  FakeUpstream one, two;
  TempFolder folder;
  Serve serve;
  const auto target = [](const FakeUpstream& upstream) {
    return R"({"provider":"openai","api_key":"sk-0123456789abcdef0","custom_host":")" + upstream.url() +
           "\"}";
  };
  std::ofstream(folder.path() / "c.json")
      << R"({"strategy":{"mode":"loadbalance"},"targets":[)" + target(one) + "," + target(two) + "]}";
  const PkRun added = run_pk(serve.data(), {"config", "add", "even", (folder.path() / "c.json").string()});
  REQUIRE(added.exit == 0);
  const std::string config = added.out.substr(0, added.out.find('\n'));
  std::vector<std::string> ids, options;
  for (int i = 0; i < 6; ++i) {
    Reply reply;
    wait_until("the server takes note of the config", [&] {
      reply = request(serve.port(), "POST", "/v1/chat/completions",
                      {{"content-type", "application/json"}, {"x-portkey-config", config}}, chat_request());
      return reply.status != 400;
    });
    REQUIRE(reply.status == 200);
    ids.push_back(id_of(reply));
    options.push_back(reply.header("x-portkey-last-used-option-index"));
  }
  // Another version, with one target, comes between.
  std::ofstream(folder.path() / "c.json") << target(one);
  REQUIRE(run_pk(serve.data(), {"config", "add", "even", (folder.path() / "c.json").string()}).exit == 0);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const PkOutcome done = replay(serve, {ids[i]}, {});
    REQUIRE(done.exit == 0);
    const auto log = log_of(serve.data(), at(parse_json(done.out), "/id"));
    CHECK(at(log, "/last_used_option") == options[i]);
    CHECK(at(log, "/config_version") == "1");
  }
  const PkOutcome newest = replay(serve, {ids[0], "--with-config", "even"}, {});
  REQUIRE(newest.exit == 0);
  const auto log = log_of(serve.data(), at(parse_json(newest.out), "/id"));
  CHECK(at(log, "/config_version") == "2");
  CHECK(at(log, "/last_used_option") == "config");
  CHECK(replay(serve, {ids[0], "--with-config", "even@9"}, {}).exit == 3);
}

TEST_CASE("What cannot be replayed is refused with its reason before anything is sent", "[replay]") {
  FakeUpstream upstream;
  Serve serve;
  const auto refused = [&](const std::string& id, const std::string& word) {
    const std::size_t before = upstream.seen_count();
    const PkOutcome done = replay(serve, {id});
    CHECK(done.exit == 4);
    CHECK(has(done.err, "(" + word + ")"));
    CHECK(upstream.seen_count() == before);
  };
  const Reply good = chat(serve, upstream);
  refused(id_of(request(serve.port(), "POST", "/v1/messages", openai(upstream), chat_request())), "endpoint");
  refused(id_of(request(serve.port(), "GET", "/v1/models", openai(upstream), "")), "endpoint");
  refused(id_of(chat(serve, upstream, {{"x-portkey-debug", "false"}})), "not-tracked");

  upstream.next(Answer::json(200, "\"" + std::string(16'100'000, 'x') + "\""));
  refused(id_of(chat(serve, upstream)), "no-content");
  const Reply pruned = chat(serve, upstream);
  REQUIRE(run_pk(serve.data(), {"plan", "set", "developer"}).exit == 0);

  CHECK(replay(serve, {"01890a5d-ac96-774b-bcce-b302099a8057"}).exit == 3);
}

TEST_CASE("Of several logs each is judged by itself, named or queried", "[replay]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string good = id_of(chat(serve, upstream));
  const std::string models = id_of(request(serve.port(), "GET", "/v1/models", openai(upstream), ""));
  HeaderList groq = openai(upstream);
  for (auto& [name, value] : groq)
    if (name == "x-portkey-provider") value = "groq";
  const std::string keyless =
      id_of(request(serve.port(), "POST", "/v1/chat/completions", groq, chat_request()));
  const auto verdicts = [](const PkOutcome& done) {
    std::string text;
    const auto rows = parse_json(done.out);
    for (const auto& row : rows.as_array()) text += at(row, "/verdict") + " ";
    return text;
  };
  const std::size_t before = upstream.seen_count();
  const PkOutcome named = replay(serve, {good, models, keyless, "--json"});
  CHECK(named.exit == 4);
  CHECK(verdicts(named) == "same failed failed ");
  CHECK(has(named.err, "pk: log " + models + " cannot be replayed (endpoint)"));
  CHECK(has(named.err, "log " + keyless + ": the log has no credentials"));
  CHECK(has(named.err, "GROQ_API_KEY"));
  CHECK(upstream.seen_count() == before + 1);
  const PkOutcome all = replay(serve, {"--where", "endpoint:chat-completions", "--json"});
  CHECK(all.exit == 4);
  CHECK(verdicts(all) == "same failed same ");
  // What is wrong with the request keeps all back.
  CHECK(replay(serve, {good, keyless, "--with-config", "pc-gone"}).exit == 3);
  CHECK(upstream.seen_count() == before + 3);
}

TEST_CASE("A replay that fails is no success because a figure of it is as asserted", "[replay]") {
  FakeUpstream upstream;
  Serve serve;
  const Reply first = chat(serve, upstream);
  upstream.always(Answer::json(500, R"({"error":{"message":"broken"}})"));
  CHECK(replay(serve, {id_of(first), "--assert", "latency<60s"}).exit == 1);
  CHECK(replay(serve, {id_of(first), "--assert", "status=500"}).exit == 0);
  CHECK(replay(serve, {id_of(first), "--assert", "status=500", "--assert", "same"}).exit == 5);
}

TEST_CASE("An archived virtual key keeps its logs from being replayed until it is unarchived", "[replay]") {
  FakeUpstream upstream;
  TempFolder folder;
  Serve serve;
  std::ofstream(folder.path() / "secret") << "sk-of-the-team-0123456";
  const PkRun added =
      run_pk(serve.data(), {"provider", "add", "team", "--provider", "openai", "--custom-host",
                            upstream.url(), "--secret-file", (folder.path() / "secret").string()});
  REQUIRE(added.exit == 0);
  Reply reply;
  wait_until("the server takes note of the virtual key", [&] {
    reply =
        request(serve.port(), "POST", "/v1/chat/completions",
                {{"content-type", "application/json"}, {"x-portkey-virtual-key", "team"}}, chat_request());
    return reply.status != 400;
  });
  REQUIRE(reply.status == 200);
  const std::string id = id_of(reply);
  CHECK(replay(serve, {id}, {}).exit == 0);
  CHECK(upstream.seen(1).header("authorization") == "Bearer sk-of-the-team-0123456");

  REQUIRE(run_pk(serve.data(), {"provider", "archive", "team"}).exit == 0);
  const PkOutcome refused = replay(serve, {id}, {});
  CHECK(refused.exit == 4);
  CHECK(has(refused.err, "(provider-archived)"));
  CHECK(at(log_of(serve.data(), id), "/replay_blocked_by") == "provider-archived");
  for (const auto& row : logs(serve.data(), {"--virtual-key", added.out.substr(0, added.out.find('\n'))}))
    CHECK(at(row, "/replayable") == "false");
  REQUIRE(run_pk(serve.data(), {"provider", "unarchive", "team"}).exit == 0);
  CHECK(replay(serve, {id}, {}).exit == 0);
}

TEST_CASE("A missing credential names its variable, and nothing is sent or logged", "[replay]") {
  FakeUpstream upstream;
  Serve serve;
  const Reply first = chat(serve, upstream);
  const PkOutcome done = replay(serve, {id_of(first)}, {});
  CHECK(done.exit == 4);
  CHECK(has(done.err, "OPENAI_API_KEY"));
  CHECK(upstream.seen_count() == 1);
  CHECK(logs(serve.data()).size() == 1);
}

TEST_CASE("A masked key of an inline config is filled from the environment", "[replay]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string config =
      R"({"provider":"openai","api_key":"sk-of-the-client-0123456","custom_host":")" + upstream.url() + "\"}";
  const Reply first =
      request(serve.port(), "POST", "/v1/chat/completions",
              {{"content-type", "application/json"}, {"x-portkey-config", config}}, chat_request());
  REQUIRE(first.status == 200);
  REQUIRE(replay(serve, {id_of(first)}).exit == 0);
  CHECK(upstream.seen(1).header("authorization") == "Bearer sk-of-the-environment-0123");
  CHECK(replay(serve, {id_of(first)}, {}).exit == 4);
}

TEST_CASE("A call of a prompt is sent as what it was rendered to, and stays that prompt's", "[replay]") {
  FakeUpstream upstream;
  TempFolder folder;
  Serve serve;
  std::ofstream(folder.path() / "secret") << "sk-of-the-team-0123456";
  REQUIRE(run_pk(serve.data(), {"provider", "add", "team", "--provider", "openai", "--custom-host",
                                upstream.url(), "--secret-file", (folder.path() / "secret").string()})
              .exit == 0);
  std::ofstream(folder.path() / "p.json") << R"({"model":"gpt-4o","virtual_key":"team",
    "messages":[{"role":"user","content":"Hello {{name}}"}]})";
  const PkRun added = run_pk(serve.data(), {"prompt", "add", "hello", (folder.path() / "p.json").string()});
  REQUIRE(added.exit == 0);
  const std::string prompt = added.out.substr(0, added.out.find('\n'));
  Reply reply;
  wait_until("the server takes note of the prompt", [&] {
    reply = request(serve.port(), "POST", "/v1/prompts/" + prompt + "/completions",
                    {{"content-type", "application/json"}}, R"({"variables":{"name":"Ann"}})");
    return reply.status != 404 && reply.status != 400;
  });
  REQUIRE(reply.status == 200);
  REQUIRE(run_pk(serve.data(), {"prompt", "rm", "-y", prompt}).exit == 0);
  const PkOutcome done = replay(serve, {id_of(reply)}, {});
  CHECK(done.err == "");
  REQUIRE(done.exit == 0);
  CHECK(upstream.seen(1).body == upstream.seen(0).body);
  CHECK(upstream.seen(1).target == "/v1/chat/completions");
  const auto log = log_of(serve.data(), at(parse_json(done.out), "/id"));
  CHECK(at(log, "/prompt_id") == prompt);
  CHECK(at(log, "/prompt_version") == "1");
}

TEST_CASE("Assertions that fail are named, with exit 5; broken ones are refused before anything is sent",
          "[replay]") {
  FakeUpstream upstream;
  TempFolder folder;
  Serve serve;
  const Reply first = chat(serve, upstream);
  CHECK(replay(serve, {id_of(first), "--assert", "status=200", "--assert", "same", "--assert", "tokens<=+0%",
                       "--assert", "latency<60s", "--assert", "cost<=+5%"})
            .exit == 0);
  upstream.always(Answer::json(200, chat_body("Something else")));
  const PkOutcome failed = replay(serve, {id_of(first), "--assert", "status=200", "--assert", "same"});
  CHECK(failed.exit == 5);
  CHECK(has(failed.err, "the assertion failed: same: the answer is another"));
  CHECK(at(parse_json(failed.out), "/failed_assertions/0") == "same: the answer is another");

  std::ofstream(folder.path() / "s.json") << R"({"type":"object","required":["n"]})";
  const std::string schema = "json-schema=" + (folder.path() / "s.json").string();
  CHECK(replay(serve, {id_of(first), "--assert", schema}).exit == 5);
  upstream.always(Answer::json(200, chat_body(R"({\"n\":1})")));
  CHECK(replay(serve, {id_of(first), "--assert", schema}).exit == 0);

  const std::size_t before = upstream.seen_count();
  std::ofstream(folder.path() / "s.json") << R"({"typ":"object"})";
  for (const std::vector<std::string>& bad :
       std::vector<std::vector<std::string>>{{"--assert", "cost<=5%"},
                                             {"--assert", "fast"},
                                             {"--assert", schema},
                                             {"--assert", "json-schema=/gone.json"},
                                             {"--set", "user=ann"},
                                             {"--set", "x"},
                                             {"--sample", "2"},
                                             {"--concurrency", "0"},
                                             {"--where", "a:b"},
                                             {"--where", "nonsense:x"},
                                             {"--stream", "--no-stream"},
                                             {"--via", "nowhere"}}) {
    std::vector<std::string> arguments = {id_of(first)};
    arguments.insert(arguments.end(), bad.begin(), bad.end());
    CAPTURE(bad[1 % bad.size()]);
    CHECK(replay(serve, arguments).exit == 2);
  }
  CHECK(replay(serve, {}).exit == 2);
  CHECK(upstream.seen_count() == before);
}

TEST_CASE("Whole queries are sampled, sent several at once, and come out as an array", "[replay]") {
  FakeUpstream upstream;
  Serve serve;
  for (int i = 0; i < 8; ++i) chat(serve, upstream, {}, chat_request("number " + std::to_string(i)));
  request(serve.port(), "GET", "/v1/models", openai(upstream), "");
  const PkOutcome some =
      replay(serve, {"--where", "provider:openai", "--sample", "3", "--concurrency", "2", "--json"});
  CHECK(some.exit == 0);
  CHECK(has(some.err, "1 of those logs cannot be replayed"));
  CHECK(parse_json(some.out).as_array().size() == 3);
  CHECK(logs(serve.data()).size() == 9 + 3);

  const PkOutcome all =
      replay(serve, {"--where", "provider:openai", "--where", "number", "--concurrency", "8"});
  CHECK(all.exit == 0);
  CHECK(std::count(all.out.begin(), all.out.end(), '\n') >= 8);
  const PkOutcome none = replay(serve, {"--where", "model:nothing-like-it", "--json"});
  CHECK(none.exit == 0);
  CHECK(none.out == "[]\n");
  const PkOutcome unasserted =
      replay(serve, {"--where", "model:nothing-like-it", "--json", "--assert", "same"});
  CHECK(unasserted.exit == 5);
  CHECK(has(unasserted.err, "nothing was asserted"));
}

TEST_CASE("A file with a record is replayed too, and its host gets nothing of the environment", "[replay]") {
  FakeUpstream upstream;
  TempFolder folder;
  Serve serve;
  const Reply first = chat(serve, upstream, {}, R"({"model":"gpt-4o-mini","messages":[],"n":0.70})");
  std::string json = run_pk(serve.data(), {"logs", "show", id_of(first), "--json"}).out;
  const std::string file = (folder.path() / "log.json").string();
  std::ofstream(file) << json;
  const PkOutcome done = replay(serve, {file});
  CHECK(done.err == "");
  REQUIRE(done.exit == 0);
  CHECK(upstream.seen(1).body == R"({"model":"gpt-4o-mini","messages":[],"n":0.70})");

  const std::string url = upstream.url();
  json.replace(json.find(url), url.size(), "https://llm.example.com/v1");
  std::ofstream(file) << json;
  const PkOutcome stray = replay(serve, {file});
  CHECK(stray.exit == 4);
  CHECK(has(stray.err, "OPENAI_API_KEY from the environment goes to openai's own address alone"));
  std::ofstream(file) << "{\"id\":";
  CHECK(replay(serve, {file}).exit == 2);
  const std::string gone = (folder.path() / "gone.json").string();
  const PkOutcome missing = replay(serve, {gone});
  CHECK(missing.exit == 3);
  CHECK(missing.err == "pk: " + gone + ": No such file or directory\n");
}

TEST_CASE("A shared page is replayed as the log that it shows", "[replay]") {
  FakeUpstream upstream;
  TempFolder folder;
  Serve serve;
  const Reply first = chat(serve, upstream);
  const std::string file = (folder.path() / "log.html").string();
  REQUIRE(run_pk(serve.data(), {"logs", "share", id_of(first), "--file", file}).exit == 0);
  const PkOutcome done = replay(serve, {file, "--assert", "same"});
  CHECK(done.err == "");
  REQUIRE(done.exit == 0);
  CHECK(upstream.seen(1).body == upstream.seen(0).body);
  CHECK(at(parse_json(done.out), "/replay_of") == id_of(first));
  std::ofstream(file) << "<html></html>";
  CHECK(replay(serve, {file}).exit == 2);
}

TEST_CASE("An upstream that is gone is logged, and the replay has failed", "[replay]") {
  auto upstream = std::make_unique<FakeUpstream>();
  Serve serve;
  const Reply first = chat(serve, *upstream);
  upstream.reset();
  const PkOutcome done = replay(serve, {id_of(first)});
  CHECK(done.exit == 1);
  CHECK(at(parse_json(done.out), "/verdict") == "failed");
  CHECK(has(done.err, "the replay failed: "));
  const auto rows = logs(serve.data());
  REQUIRE(rows.size() == 2);
  CHECK(at(rows[0], "/http_status") == "502");
  CHECK(at(rows[0], "/replay_of") == id_of(first));
}

TEST_CASE("The cache is asked and filled only if that is wanted", "[replay]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string config = R"({"cache":{"mode":"simple"}})";
  const Reply first = chat(serve, upstream, {{"x-portkey-config", config}});
  REQUIRE(first.header("x-portkey-cache-status") == "MISS");
  REQUIRE(replay(serve, {id_of(first)}).exit == 0);
  CHECK(upstream.seen_count() == 2);
  const auto told = [&](std::vector<std::string> more) {
    more.insert(more.begin(), id_of(first));
    const PkOutcome done = replay(serve, more);
    CHECK(done.exit == 0);
    return at(log_of(serve.data(), at(parse_json(done.out), "/id")), "/cache");
  };
  CHECK(told({}) == "disabled");
  // The environment lends another key, and so it is another's entry: first a miss, then a hit.
  CHECK(told({"--use-cache"}) == "miss");
  CHECK(told({"--use-cache"}) == "hit");
}

TEST_CASE("The body is edited first, and is sent as it was where the editor left it alone", "[replay]") {
  FakeUpstream upstream;
  Serve serve;
  const Reply first = chat(serve, upstream, {}, k_odd_body);
  CHECK(replay(serve, {id_of(first), "--edit"}, {k_key, "EDITOR=true"}).exit == 0);
  CHECK(upstream.seen(1).body == k_odd_body);
  CHECK(replay(serve, {id_of(first), "--edit"}, {k_key, "EDITOR=sed -i s/gpt-4o-mini/gpt-4o/"}).exit == 0);
  CHECK(has(upstream.seen(2).body, "\"model\" : \"gpt-4o\""));
  const PkOutcome broken =
      replay(serve, {id_of(first), "--edit"}, {k_key, "EDITOR=sed -i s/model/model\\\"/"});
  CHECK(broken.exit == 2);
  CHECK(has(broken.err, "your text is in "));
  CHECK(upstream.seen_count() == 3);
}
