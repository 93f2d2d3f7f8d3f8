#include "cmd/saved_facts.h"

#include "base/json.h"
#include "support/catch.h"

namespace pk::cmd {

namespace {

constexpr std::int64_t k_now_ms = 1'772'357'400'000;  // 2026-03-01T09:30:00Z

std::string json_of(const std::vector<Fact>& facts) {
  std::string json;
  for (const Fact& fact : facts)
    json += (json.empty() ? "{" : ",") + json_string(fact.name) + ":" + fact.json;
  return json + "}";
}

std::string words_of(const std::vector<Fact>& facts) {
  std::string words;
  for (const Fact& fact : facts) words += fact.text + "\n";
  return words;
}

// The columns' names are the facts' names, in their order.
void check_columns(std::span<const ListColumn> columns, const std::vector<Fact>& facts) {
  REQUIRE(facts.size() == columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) CHECK(facts[i].name == columns[i].name);
}

store::StoredVirtualKey virtual_key() {
  store::StoredVirtualKey key;
  key.id = "vk-main-000001";
  key.name = "main";
  key.provider = "bedrock";
  key.options = {{"aws_region", "eu-central-1", false}, {"aws_secret_access_key", "", true}};
  key.created_at = key.updated_at = k_now_ms - 3'600'000;
  key.sealed = "sealed";
  return key;
}

}  // namespace

TEST_CASE("A config is shown with its text on one line, numbers as they stand, secrets masked") {
  const store::StoredConfig config{
      "pc-a-000001",
      "A",
      2,
      k_now_ms - 7'200'000,
      k_now_ms,
      "{\n  \"override_params\": {\"seed\": 12345678901234567890, \"t\": 0.70},\n"
      "  \"api_key\": \"sk-marker-7Qd1xWm0-abc\", \"provider\": \"openai\",\n"
      "  \"targets\": [ ], \"x\": { }\n}\n"};
  CHECK(json_of(facts_of(config, Detail::show, k_now_ms)) ==
        R"({"id":"pc-a-000001","name":"A","version":2,"created_at":"2026-03-01T07:30:00.000Z",)"
        R"("updated_at":"2026-03-01T09:30:00.000Z","config":{"override_params":{"seed":12345678901234567890,)"
        R"("t":0.70},"api_key":"sk********abc","provider":"openai","targets":[],"x":{}}})");
  check_columns(config_columns(), facts_of(config, Detail::list, k_now_ms));
}

TEST_CASE("A virtual key is shown without its secrets") {
  const auto facts = facts_of(virtual_key(), Detail::show, k_now_ms);
  CHECK(json_of(facts) ==
        R"({"id":"vk-main-000001","name":"main","provider":"bedrock","custom_host":null,"has_secret":true,)"
        R"("archived":false,"created_at":"2026-03-01T08:30:00.000Z","updated_at":"2026-03-01T08:30:00.000Z",)"
        R"("options":{"aws_region":"eu-central-1","aws_secret_access_key":"********"}})");
  CHECK(words_of(facts).find("sealed") == std::string::npos);
  check_columns(provider_columns(), facts_of(virtual_key(), Detail::list, k_now_ms));
  store::StoredVirtualKey archived = virtual_key();
  archived.archived = true;
  archived.options.clear();
  CHECK(json_of(facts_of(archived, Detail::show, k_now_ms)).find(R"("archived":true)") != std::string::npos);
  CHECK(words_of(facts_of(archived, Detail::show, k_now_ms)).find("archived") != std::string::npos);
}

TEST_CASE("An API key is shown by what it may do") {
  store::StoredApiKey stored;
  stored.key = {"pk-ci-000001", "ci", 5, "pc-a-000001", "", false};
  stored.hash.fill('h');
  stored.created_at = k_now_ms;
  const auto facts = facts_of(stored, Detail::show, k_now_ms);
  CHECK(json_of(facts) == R"({"id":"pk-ci-000001","name":"ci","scopes":["proxy","admin"],)"
                          R"("default_config":"pc-a-000001","default_provider":null,"debug":false,)"
                          R"("created_at":"2026-03-01T09:30:00.000Z"})");
  CHECK(words_of(facts).find("proxy, admin") != std::string::npos);
  CHECK((json_of(facts) + words_of(facts)).find("hhhh") == std::string::npos);
  check_columns(key_columns(), facts_of(stored, Detail::list, k_now_ms));
}

TEST_CASE("A list says how long ago, a report also when") {
  const auto listed = facts_of(virtual_key(), Detail::list, k_now_ms);
  const auto shown = facts_of(virtual_key(), Detail::show, k_now_ms);
  CHECK(listed[6].text == "1h ago");
  CHECK(shown[6].text == "2026-03-01T08:30:00.000Z (1h ago)");
}

}  // namespace pk::cmd
