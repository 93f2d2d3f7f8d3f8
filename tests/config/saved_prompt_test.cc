#include "config/saved_prompt.h"

#include "support/catch.h"

using namespace pk::config;

namespace {

SavedPrompt three() {
  SavedPrompt prompt;
  prompt.id = "pp-greet-000001";
  prompt.name = "greet";
  for (std::int64_t version : {1, 2, 4}) prompt.versions[version] = {version, "text"};
  prompt.labels = {{"production", 2}, {"gone", 3}};
  return prompt;
}

}  // namespace

TEST_CASE(
    "Without a word the published version is meant, which is the newest unless another is labelled so") {
  SavedPrompt prompt = three();
  CHECK(prompt.version_of("") == 4);
  CHECK(prompt.version_of("published") == 4);
  prompt.labels["published"] = 1;
  CHECK(prompt.version_of("") == 1);
  CHECK(prompt.version_of("published") == 1);
  CHECK(prompt.version_of("latest") == 4);
  prompt.labels["published"] = 3;  // a damaged version
  CHECK(prompt.version_of("") == 4);
}

TEST_CASE("A word is a number, a label, or nothing") {
  const SavedPrompt prompt = three();
  CHECK(prompt.version_of("2") == 2);
  CHECK(prompt.version_of("production") == 2);
  for (const char* none : {"3", "0", "-1", "5", "gone", "Production", "2 ", "99999999999999999999"})
    CHECK_FALSE(prompt.version_of(none));
  CHECK_FALSE(SavedPrompt().version_of(""));
}

TEST_CASE("A reference is cut at its first @") {
  CHECK(prompt_reference("pp-a-000001").prompt == "pp-a-000001");
  CHECK(prompt_reference("pp-a-000001").version.empty());
  CHECK(prompt_reference("my prompt@3").prompt == "my prompt");
  CHECK(prompt_reference("my prompt@3").version == "3");
  CHECK(prompt_reference("a@b@c").version == "b@c");
}

TEST_CASE("A label is a word that no version has") {
  for (const char* good : {"production", "a", "v1.2_x-y", "1a", "published"})
    CHECK(label_fault(good).empty());
  for (const std::string& bad : {std::string(), std::string("12"), std::string("latest"), std::string("a b"),
                                 std::string("a@b"), std::string("é"), std::string(65, 'x')})
    CHECK_FALSE(label_fault(bad).empty());
}
