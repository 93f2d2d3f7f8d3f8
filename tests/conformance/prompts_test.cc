// Prompts by their own routes and in targets of configs, X2 and section 7 of the reference: kept with `pk
// prompt`, called, rendered, logged.
#include "conformance/configs.h"
#include "support/catch.h"

using namespace pk::test;

namespace {

const HeaderList k_json{{"Content-Type", "application/json"}};

std::string greet(std::string_view words, std::string_view more = R"("virtual_key":"work")") {
  return R"({"model":"gpt-x","messages":[{"role":"user","content":")" + std::string(words) + R"("}],)" +
         std::string(more) + "}";
}

// A server with a virtual key at the upstream, and the prompt `greet` in version 1.
struct Fixture {
  Fixture() {
    keep(serve.data(), {"provider", "add", "work", "--provider", "openai", "--custom-host", upstream.url()},
         "sk-of-work-0123456789");
    id = keep(serve.data(), {"prompt", "add", "greet"}, greet("Hi {{name}}"));
    REQUIRE(comes_true([&] { return call(id + "/completions").status == 200; }));
  }

  Reply call(const std::string& rest, const std::string& body = R"({"variables":{"name":"Ann"}})") const {
    return request(serve.port(), "POST", "/v1/prompts/" + rest, k_json, body);
  }
  std::string asked() {
    return at(parse_json(upstream.seen(upstream.seen_count() - 1).body), "/messages/0/content");
  }

  FakeUpstream upstream;
  Serve serve;
  std::string id;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "X2 A prompt is called by its id; its log says which version it was", "[prompts]") {
  const Reply reply = call(id + "/completions");
  CHECK(reply.status == 200);
  check_headers(reply);
  CHECK(asked() == "Hi Ann");
  const auto record = record_of(serve, reply);
  CHECK(at(record, "/prompt_id") == id);
  CHECK(at(record, "/prompt_version") == "1");
  CHECK(at(record, "/endpoint") == "chat-completions");
  CHECK(at(record, "/path") == "/v1/prompts/" + id + "/completions");
  CHECK(at(record, "/replayable") == "true");
  CHECK(at(record, "/request/body/messages/0/content") == "Hi Ann");
  CHECK(at(record, "/request/body/variables") == "(nothing)");
  CHECK(logs(serve.data(), {"--prompt-id", id}).size() >= 2);
  const PkRun why =
      run_pk(serve.data(), {"logs", "why", reply.header("x-pk-log-id"), "--jq", ".decisions[0].decision"});
  CHECK(why.out == "the request is the prompt " + id + " version 1, rendered to chat-completions\n");
  CHECK(run_pk(serve.data(), {"logs", "show", reply.header("x-pk-log-id"), "-o", "table"})
            .out.find(id + " version 1") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "X2 A prompt is rendered without being called or logged", "[prompts]") {
  const std::size_t before = logs(serve.data()).size();
  const Reply reply = call(id + "/render", R"({"variables":{"name":"A \"B\" & <c>"},"temperature":0.50})");
  CHECK(reply.status == 200);
  CHECK(
      reply.body ==
      R"({"success":true,"data":{"model":"gpt-x","messages":[{"role":"user","content":"Hi A \"B\" & <c>"}],"temperature":0.50}})");
  CHECK(logs(serve.data()).size() == before);
}

TEST_CASE_METHOD(Fixture, "Versions, labels and the published one are what the suffix says", "[prompts]") {
  CHECK(keep(serve.data(), {"prompt", "add", "greet"}, greet("Hello {{name}}")) == id);
  REQUIRE(comes_true([&] { return call(id + "/completions").status == 200 && asked() == "Hello Ann"; }));
  call(id + "@1/completions");
  CHECK(asked() == "Hi Ann");
  keep(serve.data(), {"prompt", "label", "greet@1", "published"});
  keep(serve.data(), {"prompt", "label", "greet@2", "staging"});
  REQUIRE(comes_true([&] { return call(id + "@staging/completions").status == 200; }));
  CHECK(asked() == "Hello Ann");
  const Reply published = call(id + "/completions");
  CHECK(asked() == "Hi Ann");
  CHECK(at(record_of(serve, published), "/prompt_version") == "1");
  call(id + "%40latest/completions");
  CHECK(asked() == "Hello Ann");
  call("greet@staging/completions");
  CHECK(asked() == "Hello Ann");
  CHECK(call(id + "@9/completions").status == 404);
  CHECK(call(id + "@nothing/completions").status == 404);
}

TEST_CASE_METHOD(Fixture, "Partials are taken in as they are published, and their versions as they are named",
                 "[prompts]") {
  const std::string partial = keep(serve.data(), {"prompt", "add", "tail", "--partial"}, "bye {{name}}");
  keep(serve.data(), {"prompt", "add", "both"}, greet("{{>tail}} {{>" + partial + "@1}} {{>>which}}"));
  keep(serve.data(), {"prompt", "add", "tail", "--partial"}, "so long");
  const std::string body = R"({"variables":{"name":"Ann","which":"tail@1"}})";
  REQUIRE(comes_true(
      [&] { return call("both/completions", body).status == 200 && asked().starts_with("so long"); }));
  CHECK(asked() == "so long bye Ann bye Ann");
  CHECK(run_pk(serve.data(), {"prompt", "add", "tail", "--partial", "/dev/null"}).exit == 0);
}

TEST_CASE_METHOD(Fixture, "Bad calls are told what is wrong with them", "[prompts]") {
  const Reply missing = call(id + "/completions", "{}");
  CHECK(missing.status == 400);
  CHECK(at(parse_json(missing.body), "/message") ==
        "the prompt needs variables that the request does not have: name");
  CHECK(at(parse_json(missing.body), "/errors/0") == "path: variables,name, message: Required");
  CHECK(at(parse_json(missing.body), "/error/type") == "invalid_request_error");
  const Reply none = call("pp-none/completions");
  CHECK(none.status == 404);
  CHECK(at(parse_json(none.body), "/status") == "failure");
  CHECK(at(parse_json(none.body), "/message") == "there is no prompt 'pp-none'");
  CHECK(call(id + "/completions", "[1]").status == 400);
  CHECK(call(id + "/completions", R"({"variables":"name"})").status == 400);
  for (const char* rest : {"", "/versions"}) CHECK(call(id + rest).status == 405);  // the API's, to read
  CHECK(call(id + "/completions/x").status == 404);
  const std::string big = R"({"variables":{"name":")" + std::string(17'000'000, 'x') + "\"}}";
  const Reply large = call(id + "/completions", big);
  CHECK(large.status == 400);
  CHECK(at(parse_json(large.body), "/message").find("more than 16 MB") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "A prompt inside a target answers, and its log cannot be replayed", "[prompts]") {
  const Reply reply =
      ask(serve, R"({"prompt_id":")" + id + R"("})", {},
          R"({"model":"m","messages":[{"role":"user","content":"mine"}],"variables":{"name":"Ann"}})");
  CHECK(reply.status == 200);
  CHECK(asked() == "Hi Ann");
  const auto record = record_of(serve, reply);
  CHECK(at(record, "/prompt_id") == id);
  CHECK(at(record, "/prompt_version") == "1");
  CHECK(at(record, "/replayable") == "false");
  CHECK(at(record, "/replay_blocked_by") == "prompt-in-target");
  CHECK(at(record, "/request/body/messages/0/content") == "mine");
  const PkRun why =
      run_pk(serve.data(), {"logs", "why", reply.header("x-pk-log-id"), "--jq", ".decisions[].decision"});
  CHECK(why.out.find("sends the prompt " + id + " version 1") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "A stream of a prompt is a stream, and one to the demo needs no key", "[prompts]") {
  keep(serve.data(), {"prompt", "add", "demo"}, greet("Hi {{name}}", R"("provider":"demo")"));
  const std::string body = R"({"variables":{"name":"Ann"},"stream":true})";
  REQUIRE(comes_true([&] { return call("demo/completions", body).status == 200; }));
  const Reply reply = call("demo/completions", body);
  CHECK(reply.header("content-type").starts_with("text/event-stream"));
  CHECK(reply.body.find("data: [DONE]") != std::string::npos);
  CHECK(at(record_of(serve, reply), "/stream") == "true");
}

TEST_CASE_METHOD(Fixture, "The cache knows a prompt by what it was rendered to", "[prompts]") {
  const std::string cached = R"({"cache":{"mode":"simple"},"prompt_id":")" + id + R"("})";
  const auto target = [&](const std::string& name, const std::string& temperature) {
    return ask(serve, cached, {},
               R"({"model":"m","messages":[],"temperature":)" + temperature + R"(,"variables":{"name":")" +
                   name + "\"}}")
        .header("x-portkey-cache-status");
  };
  CHECK(target("Ann", "0.1") == "MISS");
  CHECK(target("Ben", "0.1") == "MISS");
  CHECK(target("Ann", "0.1") == "HIT");
  HeaderList headers = k_json;
  headers.emplace_back("x-portkey-config", R"({"cache":{"mode":"simple"}})");
  const auto route = [&](const std::string& name) {
    return request(serve.port(), "POST", "/v1/prompts/" + id + "/completions", headers,
                   R"({"variables":{"name":")" + name + "\"}}")
        .header("x-portkey-cache-status");
  };
  CHECK(route("Cid") == "MISS");
  CHECK(route("Dan") == "MISS");
  CHECK(route("Cid") == "HIT");
}
