// Configs that are kept and named by their id.
#include "conformance/configs.h"
#include "support/catch.h"

using namespace pk::test;

namespace {

std::string option_of(const Reply& reply) {
  return reply.header("x-portkey-last-used-option-index");
}

}  // namespace

TEST_CASE("A config that is kept while serving is found by its id, and its new version too",
          "[saved_configs]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string id =
      keep(serve.data(), {"config", "add", "main"}, target(upstream, R"("override_params":{"n":1})"));
  CHECK(id.starts_with("pc-main-"));
  REQUIRE(comes_true([&] { return ask(serve, id).status == 200; }));
  const Reply first = ask(serve, id);
  CHECK(option_of(first) == "config");
  const auto old_record = record_of(serve, first);
  CHECK(at(old_record, "/config_id") == id);
  CHECK(at(old_record, "/config_version") == "1");

  CHECK(keep(serve.data(), {"config", "add", "main"},
             strategy("fallback", {target(upstream, R"("override_params":{"n":2})")})) == id);
  REQUIRE(comes_true([&] { return option_of(ask(serve, id)) == "config.targets[0]"; }));
  const Reply second = ask(serve, id);
  CHECK(at(parse_json(upstream.seen(upstream.seen_count() - 1).body), "/n") == "2");
  const auto record = record_of(serve, second);
  CHECK(at(record, "/config_id") == id);
  CHECK(at(record, "/config_version") == "2");
  CHECK(logs(serve.data(), {"--config-id", id}).size() >= 3);

  keep(serve.data(), {"config", "rm", "main"});
  REQUIRE(comes_true([&] { return ask(serve, id).status == 400; }));
  CHECK(at(parse_json(ask(serve, id).body), "/message") ==
        "Invalid config passed. There is no saved config '" + id + "'");
}

TEST_CASE("A config that was kept before the server started is there at once", "[saved_configs]") {
  FakeUpstream upstream;
  TempFolder data;
  std::string id;
  {
    Serve before({.data = data.path()});
    id = keep(before.data(), {"config", "add", "main"}, target(upstream));
    before.terminate();
  }
  Serve serve({.flags = {"--default-config", id}, .data = data.path()});
  CHECK(ask(serve, id).status == 200);
  // A client that names nothing has the default; one that names a provider does not.
  const HeaderList json{{"Content-Type", "application/json"}};
  const Reply silent = request(serve.port(), "POST", "/v1/chat/completions", json, chat_request());
  CHECK(silent.status == 200);
  CHECK(at(record_of(serve, silent), "/config_id") == id);
  const Reply named = request(serve.port(), "POST", "/v1/chat/completions",
                              {json[0], {"x-portkey-provider", "demo"}}, chat_request());
  CHECK(named.header("x-portkey-provider") == "demo");
  CHECK(at(record_of(serve, named), "/config_id") == "null");
  CHECK(upstream.seen_count() == 2);
}

TEST_CASE("A config in the header has no id", "[saved_configs]") {
  FakeUpstream upstream;
  Serve serve;
  const auto record = record_of(serve, ask(serve, target(upstream)));
  CHECK(at(record, "/config_id") == "null");
  CHECK(at(record, "/config_version") == "null");
}

TEST_CASE("Without its default config a server serves on, and what is saved counts as before",
          "[saved_configs]") {
  FakeUpstream upstream;
  TempFolder data;
  const std::string id = keep(data.path(), {"config", "add", "main"}, target(upstream));
  const std::string key = keep(data.path(), {"key", "add", "laptop"});
  const std::string other = keep(data.path(), {"key", "add", "other"});
  const ServeOptions options{.flags = {"--default-config", id}, .data = data.path()};
  const auto silent = [](const Serve& serve, const std::string& secret) {
    return request(serve.port(), "POST", "/v1/chat/completions",
                   {{"Content-Type", "application/json"}, {"x-portkey-api-key", secret}}, chat_request());
  };
  {
    Serve serve(options);
    CHECK(silent(serve, key).status == 200);
    keep(data.path(), {"config", "rm", "main"});
    REQUIRE(comes_true([&] { return silent(serve, key).status == 400; }));
    CHECK(at(parse_json(silent(serve, key).body), "/message") ==
          "Invalid config passed. There is no saved config '" + id + "'");
    keep(data.path(), {"key", "rm", "laptop"});
    CHECK(comes_true([&] { return silent(serve, key).status == 401; }));
    CHECK(silent(serve, other).status == 400);
    const std::string said = serve.errors();
    CHECK(said.find("default_config: there is no saved config '" + id + "'") != std::string::npos);
    CHECK(said.find("default_config") == said.rfind("default_config"));
    CHECK(serve.terminate() == 0);
  }
  Serve again(options);
  CHECK(silent(again, other).status == 400);
  CHECK(again.errors().find("default_config") != std::string::npos);
}
