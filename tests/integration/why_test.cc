// What `pk logs show` and `pk logs why` tell of requests that really were routed.
#include <fstream>

#include "support/catch.h"
#include "support/serve_fixture.h"
#include "support/temp_folder.h"

using namespace pk::test;

namespace {

std::string fallback(const FakeUpstream& first, const FakeUpstream& second, const std::string& more = {}) {
  const auto target = [](const FakeUpstream& upstream) {
    return R"({"provider":"openai","api_key":"sk-0123456789abcdef0","custom_host":")" + upstream.url() +
           "\"}";
  };
  return R"({"strategy":{"mode":"fallback"},)" + more + R"("targets":[)" + target(first) + "," +
         target(second) + "]}";
}

Reply routed(const Serve& serve, const std::string& config, const HeaderList& more = {}) {
  HeaderList headers = {{"content-type", "application/json"}, {"x-portkey-config", config}};
  headers.insert(headers.end(), more.begin(), more.end());
  return request(serve.port(), "POST", "/v1/chat/completions", headers, chat_request());
}

std::string why(const Serve& serve, const Reply& reply) {
  const PkRun run =
      run_pk(serve.data(), {"logs", "why", reply.header("x-pk-log-id"), "--jq",
                            R"jq(.missing // empty, (.decisions[] | "\(.option): \(.decision)"))jq"});
  CHECK(run.exit == 0);
  return run.out;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("A fallback with retries is explained as it happened", "[why]") {
  FakeUpstream first, second;
  first.always(Answer::json(500, R"({"error":{"message":"overloaded"}})"));
  Serve serve;
  const Reply reply = routed(serve, fallback(first, second, R"("retry":{"attempts":1},)"));
  REQUIRE(reply.status == 200);
  CHECK(reply.header("x-portkey-last-used-option-index") == "config.targets[1]");
  CHECK(why(serve, reply) ==
        "config: the request's own, by x-portkey-config\n"
        "config: targets[0] first\n"
        "config.targets[0]: asks openai for gpt-4o-mini; provider by the target, host by custom_host\n"
        "config.targets[0]: retry 1 of 1, 1 s after 500\n"
        "config.targets[0]: ended with 500 after 1 of 1 retries\n"
        "config: fell back to targets[1] on 500\n"
        "config.targets[1]: asks openai for gpt-4o-mini; provider by the target, host by custom_host\n"
        "config.targets[1]: ended with 200\n"
        "config.targets[1]: the client got this answer\n");
  const PkRun page = run_pk(serve.data(), {"logs", "show", reply.header("x-pk-log-id"), "-o", "table"});
  CHECK(has(page.out, "  config\n  ├─ targets[0]\n  │  ├─ openai gpt-4o-mini · 500 · "));
  CHECK(has(page.out, " · after waiting 1.00 s · overloaded\n  └─ targets[1]  openai gpt-4o-mini · 200 · "));
}

TEST_CASE("A timeout is no network error: it is told as such, and is not retried unasked", "[why]") {
  FakeUpstream first, second;
  first.always(Answer::script().hang());
  Serve serve;
  const Reply reply = routed(serve, fallback(first, second, R"("retry":{"attempts":2},)"),
                             {{"x-portkey-request-timeout", "2000"}});
  REQUIRE(reply.status == 200);
  const std::string told = why(serve, reply);
  CHECK(has(told, "config.targets[0]: has 2.00 s until its answer begins, by x-portkey-request-timeout\n"));
  CHECK(has(told, "config.targets[0]: ended with a timeout, which is not retried\n"));
  CHECK(has(told, "config: fell back to targets[1] on a timeout\n"));
  CHECK(at(log_of(serve.data(), reply.header("x-pk-log-id")), "/attempts/0/http_status") == "408");
}

TEST_CASE("A saved config explains an untracked request; filters find it by config and virtual key",
          "[why]") {
  FakeUpstream upstream;
  TempFolder folder;
  const auto data = folder.path() / "data";
  const auto file = [&](const char* name, const std::string& text) {
    std::ofstream(folder.path() / name) << text;
    return (folder.path() / name).string();
  };
  const auto add = [&](const std::vector<std::string>& arguments) {
    const PkRun run = run_pk(data, arguments);
    CAPTURE(run.err);
    REQUIRE(run.exit == 0);
    return run.out.substr(0, run.out.size() - 1);
  };
  const std::string key = add({"provider", "add", "main", "--provider", "openai", "--custom-host",
                               upstream.url(), "--secret-file", file("secret", "sk-0123456789abcdef0\n")});
  const std::string config = add({"config", "add", "two", file("two.json", R"({"strategy":{"mode":"fallback"},
      "targets":[{"virtual_key":"main"},{"provider":"demo"}]})")});
  Serve serve({.data = data});
  upstream.next(Answer::json(503, "{}"));
  const Reply fell = routed(serve, config, {{"x-portkey-debug", "false"}});
  const Reply stayed = routed(serve, config);
  const Reply plain = chat(serve, upstream);
  REQUIRE(fell.header("x-portkey-provider") == "demo");

  CHECK(why(serve, fell) ==
        "config: " + config +
            " version 1\n"
            "config: targets[0] first\n"
            "config.targets[0]: asks openai for gpt-4o-mini; provider by the target's virtual_key\n"
            "config.targets[0]: ended with 503\n"
            "config: fell back to targets[1] on 503\n"
            "config.targets[1]: asks demo for gpt-4o-mini; provider by the target\n"
            "config.targets[1]: ended with 200\n"
            "config.targets[1]: the client got this answer\n");
  CHECK(has(why(serve, plain),
            "config: asks openai for gpt-4o-mini; provider by x-portkey-provider, host by "
            "x-portkey-custom-host\n"));
  CHECK(logs(data, {"--config-id", config}).size() == 2);
  CHECK(logs(data, {"--config-id", "pc-other-000001"}).empty());
  const auto by_key = logs(data, {"--virtual-key", key});
  REQUIRE(by_key.size() == 1);
  CHECK(at(by_key[0], "/id") == stayed.header("x-pk-log-id"));
  CHECK(at(by_key[0], "/config_version") == "1");
}

TEST_CASE("Filters find routed requests by what the gateway did", "[why]") {
  FakeUpstream first, second;
  Serve serve;
  first.next(Answer::json(500, "{}"));
  const Reply retried = routed(serve, fallback(first, second, R"("retry":{"attempts":2},)"));
  REQUIRE(retried.header("x-portkey-retry-attempt-count") == "1");
  const std::string balance =
      R"({"strategy":{"mode":"loadbalance"},"targets":[{"provider":"demo"},{"provider":"demo"}]})";
  const Reply balanced = routed(serve, balance);
  const Reply plain = chat(serve, first);
  const auto found = [&](const std::vector<std::string>& filter) {
    std::string ids;
    for (const auto& record : logs(serve.data(), filter)) ids += at(record, "/id") + " ";
    return ids;
  };
  const std::string retried_id = retried.header("x-pk-log-id") + " ",
                    balanced_id = balanced.header("x-pk-log-id") + " ",
                    plain_id = plain.header("x-pk-log-id") + " ";
  CHECK(found({"--status", "retry-success"}) == retried_id);
  CHECK(found({"--status", "retry-success-1"}) == retried_id);
  CHECK(found({"--status", "retry-success-2"}).empty());
  CHECK(found({"--status", "fallback-active"}) == retried_id);
  CHECK(found({"--status", "loadbalance-active"}) == balanced_id);
  CHECK(found({"--status", "fallback-disabled,loadbalance-disabled"}) == plain_id);
  CHECK(found({"status:retry-not-triggered"}) == plain_id + balanced_id);
}
