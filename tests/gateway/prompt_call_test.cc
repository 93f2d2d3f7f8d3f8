#include "gateway/prompt_call.h"

#include "gateway/saved_things.h"
#include "support/catch.h"

using namespace pk::gateway;
using namespace pk::test;
using pk::log::Endpoint;

namespace {

pk::config::Saved some() {
  pk::config::Saved saved;
  saved.add(saved_prompt("chat", R"({"model":"m","messages":[{"role":"user","content":"Hi {{name}}"}]})"));
  saved.add(saved_prompt("completion", R"({"prompt":"{{>tail}}"})"));
  saved.add(saved_prompt("configured", R"({"prompt":"a","config":"pc-x"})"));
  saved.add(saved_prompt("broken", R"({"messages":[]})"));
  pk::config::SavedPrompt tail = saved_prompt("tail", "bye {{name}}");
  tail.partial = true;
  saved.add(std::move(tail));
  return saved;
}

const pk::config::Saved k_saved = some();

std::shared_ptr<const CalledPrompt> prompt(std::string_view name) {
  PromptOrRefusal found = find_prompt(k_saved, name);
  REQUIRE(found.index() == 0);
  return std::get<0>(found);
}

Refusal refused(PromptOrRefusal found) {
  REQUIRE(found.index() == 1);
  return std::get<Refusal>(std::move(found));
}

Refusal refused(BodyOrRefusal rendered) {
  REQUIRE(rendered.index() == 1);
  return std::get<Refusal>(std::move(rendered));
}

}  // namespace

TEST_CASE("Two paths below /v1/prompts are calls, with POST alone") {
  const auto call = prompt_route("POST", "/v1/prompts/pp-greet-3fa29c/completions");
  REQUIRE(call);
  CHECK(call->reference == "pp-greet-3fa29c");
  CHECK_FALSE(call->render_only);
  CHECK(prompt_route("POST", "/v1/prompts/pp-a/render")->render_only);
  CHECK(prompt_route("POST", "/v1/prompts/my%20prompt%402/render")->reference == "my prompt@2");
  CHECK(prompt_route("POST", "/v1/prompts/a@latest/completions")->reference == "a@latest");
  for (const char* path : {"/v1/prompts", "/v1/prompts/", "/v1/prompts/a", "/v1/prompts/a/",
                           "/v1/prompts//render", "/v1/prompts/a/render/", "/v1/prompts/a/b/render",
                           "/v1/prompts/a/versions", "/v1/promptsx/a/render", "/prompts/a/render"})
    CHECK_FALSE(prompt_route("POST", path));
  CHECK_FALSE(prompt_route("GET", "/v1/prompts/a/render"));
}

TEST_CASE("A prompt says what it is rendered to") {
  CHECK(prompt("chat")->endpoint() == Endpoint::chat_completions);
  CHECK(prompt("chat")->path() == "/v1/chat/completions");
  CHECK(prompt("completion@1")->endpoint() == Endpoint::completions);
  CHECK(prompt("completion")->path() == "/v1/completions");
  CHECK(prompt("chat")->id == "pp-chat");
  CHECK(prompt("chat")->version == 1);
}

TEST_CASE("One that is not there is 404, one that cannot be called 400") {
  CHECK(refused(find_prompt(k_saved, "pp-none")).status == 404);
  CHECK(refused(find_prompt(k_saved, "pp-none")).message == "there is no prompt 'pp-none'");
  CHECK(refused(find_prompt(k_saved, "chat@7")).status == 404);
  CHECK(refused(find_prompt(k_saved, "tail")).status == 400);
  CHECK(refused(find_prompt(k_saved, "broken")).errors.size() == 1);
  CHECK(refused(find_target_prompt(k_saved, "pp-none")).status == 400);
  CHECK(refused(find_target_prompt(k_saved, "pp-none")).message == "prompt_id: there is no prompt 'pp-none'");
  CHECK(refused(find_target_prompt(k_saved, "configured")).message.find("names a config") !=
        std::string::npos);
}

TEST_CASE("A call is rendered with its variables, or refused with what is wrong") {
  CHECK(std::get<std::string>(
            render_prompt(*prompt("chat"), R"({"variables":{"name":"Ann"},"stream":true})")) ==
        R"({"model":"m","messages":[{"role":"user","content":"Hi Ann"}],"stream":true})");
  CHECK(std::get<std::string>(render_prompt(*prompt("completion"), R"({"variables":{"name":"Ann"}})")) ==
        R"({"prompt":"bye Ann"})");
  const Refusal missing = refused(render_prompt(*prompt("chat"), "{}"));
  CHECK(missing.status == 400);
  CHECK(missing.errors == std::vector<std::string>{"path: variables,name, message: Required"});
  CHECK(refused(render_prompt(*prompt("chat"), R"({"messages":[]})")).message == "Invalid prompt call");
}

TEST_CASE("A target's prompt answers requests of its own form") {
  const std::string body = R"({"model":"x","messages":[],"variables":{"name":"Ann"},"n":1})";
  CHECK(std::get<std::string>(render_target_prompt(*prompt("chat"), Endpoint::chat_completions, body)) ==
        R"({"model":"m","messages":[{"role":"user","content":"Hi Ann"}],"n":1})");
  for (const Endpoint other : {Endpoint::completions, Endpoint::embeddings, Endpoint::messages,
                               Endpoint::responses, Endpoint::other})
    CHECK(refused(render_target_prompt(*prompt("chat"), other, body)).message ==
          "prompt_id: the prompt pp-chat answers requests to /v1/chat/completions");
}
