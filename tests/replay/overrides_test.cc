#include "replay/overrides.h"

#include "support/catch.h"

namespace pk::replay {

TEST_CASE("Overrides are read from JSON, and written back as the same") {
  const auto read = read_overrides(
      R"({"model":"m","provider":"@team","config":{"retry":{"attempts":2}},"stream":false,
          "set":{"temperature":0.70,"stop":["a"]},"body":{"n":1},"use_cache":true,"x":null})");
  REQUIRE(read);
  CHECK(read->model == "m");
  CHECK(read->provider == "@team");
  CHECK(read->config == R"({"retry":{"attempts":2}})");
  CHECK(read->stream == false);
  CHECK(read->set == config::BodyMembers{{"temperature", "0.70"}, {"stop", "[\"a\"]"}});
  CHECK(read->body == R"({"n":1})");
  CHECK(read->use_cache);
  const auto again = read_overrides(overrides_json(*read));
  REQUIRE(again);
  CHECK(*again == *read);
  CHECK(overrides_json({}) == "{}");
  for (const char* nothing : {"", " \n", "{}"}) {
    const auto none = read_overrides(nothing);
    REQUIRE(none);
    CHECK(*none == Overrides());
  }
}

TEST_CASE("What is no override is refused by name") {
  const std::pair<const char*, const char*> cases[] = {
      {"[]", "the body must be a JSON object"},
      {"{\"model\":", "the body must be a JSON object"},
      {R"({"model":1})", "model: a text is expected"},
      {R"({"stream":"yes"})", "stream: true or false is expected"},
      {R"({"set":[]})", "set: an object is expected"},
      {R"({"body":"x"})", "body: an object is expected"},
      {R"({"modle":"x"})", "a replay has no 'modle'"}};
  for (const auto& [json, words] : cases) {
    const auto read = read_overrides(json);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Errc::invalid);
    CHECK(read.error().message.starts_with(words));
  }
}

TEST_CASE("A member is set by its name and JSON") {
  Overrides overrides;
  REQUIRE(add_set(overrides, "temperature=0.2"));
  REQUIRE(add_set(overrides, R"(stop= ["a=b"] )"));
  CHECK(overrides.set == config::BodyMembers{{"temperature", "0.2"}, {"stop", R"(["a=b"])"}});
  for (const char* bad : {"", "temperature", "=1", "user=ann", "n=1 2", "n="}) {
    CAPTURE(bad);
    const auto added = add_set(overrides, bad);
    REQUIRE_FALSE(added);
    CHECK(added.error().code == Errc::invalid);
  }
  CHECK(overrides.set.size() == 2);
}

}  // namespace pk::replay
