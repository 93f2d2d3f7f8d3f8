#include "replay/prepare.h"

#include "replay/world.h"

namespace pk::replay {

using test::chat_record;
using test::header;
using test::openai_headers;
using test::World;

TEST_CASE("A saved config is gone by at the version of then") {
  World world;
  constexpr const char* k_newest = R"({"provider":"demo","retry":{"attempts":2}})";
  world.kept = {{.id = "pc-routing", .name = "routing", .version = 1, .json = R"({"provider":"demo"})"},
                {.id = "pc-routing", .name = "routing", .version = 2, .json = k_newest},
                {.id = "pc-broken", .name = "broken", .version = 1, .json = R"({"strategy":{"mode":"x"}})"}};
  world.saved->add(test::saved_config("pc-routing", k_newest, 2));
  log::LogRecord record = chat_record();
  record.config_id = "pc-routing";
  record.config_version = 1;
  record.seed = -5;
  const auto then = world.prepare(record);
  REQUIRE(then);
  CHECK(header(*then, "x-portkey-config") == "pc-routing");
  CHECK(then->rules->plan.saved->config("pc-routing")->version == 1);
  CHECK(world.saved->config("pc-routing")->version == 2);
  CHECK(then->replay.seed == static_cast<std::uint64_t>(-5));

  const auto other = world.prepare(record, {.config = "routing@2"});
  REQUIRE(other);
  CHECK(other->rules->plan.saved->config("pc-routing")->version == 2);
  const auto own = world.prepare(record, {.config = R"({"provider":"demo"})"});
  REQUIRE(own);
  CHECK(header(*own, "x-portkey-config") == R"({"provider":"demo"})");

  record.config_version = 7;
  const auto gone = world.prepare(record);
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == Errc::not_found);
  CHECK(world.prepare(record, {.config = "routing@x"}).error().code == Errc::invalid);
  CHECK(world.error(record, {.config = "broken"}).starts_with("the config pc-broken version 1 is not valid"));
  CHECK(world.prepare(record, {.config = "{"}).error().code == Errc::upstream);
}

TEST_CASE("Who was found by a prompt, a model or a default is asked by name") {
  World world;
  world.saved->add(test::virtual_key("team", "openai", "sk-of-the-team"));
  log::LogRecord record = chat_record();
  const auto by_default = world.prepare(record);
  REQUIRE(by_default);
  CHECK(header(*by_default, "x-portkey-provider") == "openai");

  record.virtual_key = "vk-team";
  record.path = "/v1/prompts/pp-hello/completions";
  record.prompt_id = "pp-hello";
  record.prompt_version = 3;
  const auto by_prompt = world.prepare(record);
  REQUIRE(by_prompt);
  CHECK(header(*by_prompt, "x-portkey-virtual-key") == "vk-team");
  CHECK(header(*by_prompt, "authorization").empty());
  CHECK(by_prompt->request.target == "/v1/prompts/pp-hello/completions");
  CHECK(by_prompt->replay.path == "/v1/chat/completions");
  CHECK(by_prompt->replay.prompt_version == 3);

  record.request->body = R"({"model":"@team/gpt-4o"})";
  const auto by_model = world.prepare(record);
  REQUIRE(by_model);
  CHECK(header(*by_model, "x-portkey-virtual-key").empty());
}

TEST_CASE("Another provider takes the place of all that the log says of the first one") {
  const World world;
  const auto prepared =
      world.prepare(chat_record(openai_headers({{"x-portkey-custom-host", "http://127.0.0.1:1/v1"},
                                                {"x-portkey-openai-organization", "org"},
                                                {"x-portkey-virtual-key", "old"}})),
                    {.provider = "anthropic"});
  REQUIRE(prepared);
  CHECK(prepared->request.headers == http::Headers{{"x-portkey-provider", "anthropic"},
                                                   {"authorization", "Bearer sk-ant-from-the-environment"}});
}

TEST_CASE("What the gateway would refuse is told in its words") {
  const World world;
  CHECK(world.error(chat_record({{"x-portkey-provider", "nobody"}})) ==
        "the request cannot be sent again: Invalid provider passed");
  log::LogRecord record = chat_record();
  record.provider.clear();
  CHECK(world.error(record).starts_with("the request cannot be sent again: Either x-portkey-config"));
}

TEST_CASE("A header that was to be forwarded and is masked is noted") {
  const World world;
  const auto prepared = world.prepare(chat_record(
      openai_headers({{"x-portkey-forward-headers", "x-team-token"}, {"x-team-token", "ab********xyz"}})));
  REQUIRE(prepared);
  CHECK(prepared->notes ==
        std::vector<std::string>{"the header x-team-token is not sent: the log has only its mask"});
}

}  // namespace pk::replay
