#include "prompt/lookup.h"

#include "support/catch.h"

using namespace pk;
using namespace pk::prompt;

namespace {

config::SavedPrompt saved(std::string name, bool partial, std::vector<std::string> texts) {
  config::SavedPrompt prompt;
  prompt.id = "pp-" + name + "-000001";
  prompt.name = std::move(name);
  prompt.partial = partial;
  for (std::size_t i = 0; i < texts.size(); ++i)
    prompt.versions[static_cast<std::int64_t>(i) + 1] = {0, std::move(texts[i])};
  return prompt;
}

config::Saved some() {
  config::Saved all;
  config::SavedPrompt greet = saved("greet", false, {R"({"prompt":"one"})", R"({"prompt":"two {{>tail}}"})"});
  greet.labels["old"] = 1;
  all.add(std::move(greet));
  all.add(saved("tail", true, {"first", "second"}));
  return all;
}

std::string fault(const Result<Found>& found) {
  REQUIRE_FALSE(found);
  return found.error().message;
}

}  // namespace

TEST_CASE("A prompt is found by id and name, by version, label and neither") {
  const config::Saved all = some();
  for (const char* reference :
       {"greet", "pp-greet-000001", "greet@2", "greet@latest", "pp-greet-000001@published"}) {
    const auto found = find_prompt(all, reference);
    REQUIRE(found);
    CHECK(found->prompt->name == "greet");
    CHECK(found->version == 2);
  }
  CHECK(find_prompt(all, "greet@old")->text == R"({"prompt":"one"})");
  CHECK(fault(find_prompt(all, "nowhere@3")) == "there is no prompt 'nowhere'");
  CHECK(fault(find_prompt(all, "greet@3")) == "prompt pp-greet-000001 has no version '3'");
  CHECK(fault(find_prompt(all, "")) == "there is no prompt ''");
  CHECK(fault(find_prompt(all, "tail")).find("is a partial") != std::string::npos);
}

TEST_CASE("A partial is found the same way, and only a partial") {
  const config::Saved all = some();
  const FindPartial find = partials_of(all);
  CHECK(find("tail")->key == "pp-tail-000001@2");
  CHECK(find("tail@1")->text == "first");
  CHECK(find("pp-tail-000001@1")->key == "pp-tail-000001@1");
  CHECK(find("greet").error().code == Errc::invalid);
  CHECK(find("nowhere").error().message == "there is no partial 'nowhere'");
}

TEST_CASE("A version is checked as it stands among the others") {
  config::Saved all = some();
  const auto check_of = [&](std::string_view name, std::int64_t version) {
    const config::SavedPrompt* prompt = all.prompt(name);
    return check(all, {prompt, version, prompt->versions.at(version).text}, {});
  };
  CHECK(check_of("greet", 2));
  CHECK(check_of("tail", 2));
  all.add(saved("tail", true, {"first", "{{>tail@1}}", "{{>tail}}"}));
  CHECK(check_of("tail", 2));
  CHECK(check_of("tail", 3).error().message ==
        "partials lead in a loop: pp-tail-000001@3 → pp-tail-000001@3");
  CHECK(check_of("greet", 2).error().message.find("loop") != std::string::npos);
  all.add(saved("bad", false, {R"({"messages":[]})"}));
  CHECK(check_of("bad", 1).error().message ==
        "Invalid prompt template: path: messages, message: Array must contain at least 1 element(s)");
}
