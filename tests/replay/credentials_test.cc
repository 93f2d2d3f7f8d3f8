#include "replay/credentials.h"

#include <fmt/format.h>

#include "replay/world.h"

namespace pk::replay {

using test::chat_record;
using test::header;
using test::openai_headers;
using test::World;

TEST_CASE("The request's key is lent by the environment, under the provider's own name") {
  const World world;
  const auto prepared = world.prepare(chat_record(openai_headers()));
  REQUIRE(prepared);
  CHECK(header(*prepared, "authorization") == "Bearer sk-from-the-environment-1");
  CHECK(prepared->request.body == R"({"model":"gpt-4o","n":1})");
  CHECK(prepared->replay.of == chat_record().id);
  CHECK(prepared->replay.path == "/v1/chat/completions");
  CHECK_FALSE(prepared->replay.seed);
  CHECK_FALSE(prepared->replay.use_cache);
}

TEST_CASE("A missing credential is named, and nothing is sent") {
  World world;
  world.environment.clear();
  CHECK(world.error(chat_record(openai_headers())).find("set OPENAI_API_KEY") != std::string::npos);
  CHECK(world.error(chat_record({{"x-portkey-provider", "openai"}})).find("set OPENAI_API_KEY") !=
        std::string::npos);
  CHECK(world
            .error(chat_record({{"x-portkey-config",
                                 R"({"strategy":{"mode":"fallback"},"targets":[
                                      {"provider":"openai","api_key":"********"},
                                      {"provider":"mistral-ai","api_key":"ab********xyz"}]})"}}))
            .find("set OPENAI_API_KEY and MISTRAL_API_KEY") != std::string::npos);
  CHECK(world
            .error(chat_record({{"x-portkey-provider", "bedrock"},
                                {"x-portkey-aws-region", "eu-west-1"},
                                {"x-portkey-aws-access-key-id", "AK********789"},
                                {"x-portkey-aws-secret-access-key", "ab********789"}}))
            .find("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") != std::string::npos);
}

TEST_CASE("Who was asked without a key is asked without one again") {
  World world;
  const auto local = world.prepare(
      chat_record({{"x-portkey-provider", "openai"}, {"x-portkey-custom-host", "http://127.0.0.1:1234/v1"}}));
  REQUIRE(local);
  CHECK(header(*local, "authorization").empty());
  const auto demo =
      world.prepare(chat_record({{"x-portkey-provider", "demo"}, {"Authorization", "Bearer xy********abc"}}));
  REQUIRE(demo);
  CHECK(header(*demo, "authorization").empty());
}

TEST_CASE("Masked keys of an inline config are filled in, each target's by its provider") {
  const World world;
  const auto prepared = world.prepare(chat_record(
      {{"x-portkey-config", R"({ "retry":{"attempts":1}, "strategy":{"mode":"fallback"},"targets":[
{"provider":"openai","apiKey":"********","weight":0.70},
{"strategy":{"mode":"loadbalance"},"targets":[{"provider":"anthropic","api_key":"********"},{"provider":"demo"}]}]})"}}));
  REQUIRE(prepared);
  CHECK(header(*prepared, "x-portkey-config") ==
        R"({ "retry":{"attempts":1}, "strategy":{"mode":"fallback"},"targets":[
{"provider":"openai","apiKey":"sk-from-the-environment-1","weight":0.70},
{"strategy":{"mode":"loadbalance"},"targets":[{"provider":"anthropic","api_key":"sk-ant-from-the-environment"},{"provider":"demo"}]}]})");
}

TEST_CASE("What the environment lends does not go to a host that the log alone names") {
  World world;
  const log::LogRecord stray =
      chat_record(openai_headers({{"x-portkey-custom-host", "https://llm.example.com/v1"}}));
  const auto refused = world.prepare(stray);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::unauthorized);
  CHECK(refused.error().message.find(
            "OPENAI_API_KEY from the environment goes to openai's own address alone") != std::string::npos);
  CHECK_FALSE(world.prepare(chat_record(
      {{"x-portkey-config",
        R"({"provider":"openai","api_key":"********","custom_host":"https://llm.example.com/v1"})"}})));

  world.rules.plan.trusted_hosts =
      config::TrustedHosts::make(true, std::vector<std::string>{"llm.example.com"}).value();
  CHECK(world.prepare(stray));
}

TEST_CASE("What is lent for one target is not forwarded to the host of another") {
  const World world;
  const auto two = [](std::string_view first, std::string_view more) {
    return fmt::format(
        R"({{"strategy":{{"mode":"fallback"}},"targets":[{},)"
        R"({{"provider":"openai","api_key":"own","custom_host":"https://llm.example.com/v1"{}}}]}})",
        first, more);
  };
  const auto refused = [&world](std::string config, log::Headers more) {
    more.emplace_back("x-portkey-config", std::move(config));
    const auto prepared = world.prepare(chat_record(std::move(more)));
    return !prepared && prepared.error().code == Errc::unauthorized;
  };
  const std::string_view asks_with_request_key = R"({"retry":{"attempts":1}})";
  CHECK_FALSE(refused(two(asks_with_request_key, ""), openai_headers()));
  CHECK(refused(two(asks_with_request_key, R"(,"forward_headers":["authorization"])"), openai_headers()));
  CHECK(refused(two(asks_with_request_key, ""),
                openai_headers({{"x-portkey-forward-headers", "Authorization"}})));
  const std::string_view has_key = R"({"provider":"openai","api_key":"********"})";
  CHECK_FALSE(refused(two(has_key, ""), {}));
  CHECK(refused(two(has_key, R"(,"forward_headers":["x-portkey-config"])"), {}));
  CHECK(refused(two(has_key, ""), {{"x-portkey-forward-headers", "x-portkey-config"}}));
}

TEST_CASE("This machine may have it until there are API keys of others") {
  World world;
  const log::LogRecord local =
      chat_record(openai_headers({{"x-portkey-custom-host", "http://127.0.0.1:1234/v1"}}));
  CHECK(world.prepare(local));
  world.saved->add(config::KeyHash{}, test::api_key("team", {config::Scope::proxy}));
  CHECK_FALSE(world.prepare(local));
}

}  // namespace pk::replay
