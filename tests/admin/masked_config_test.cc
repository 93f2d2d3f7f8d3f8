#include "admin/masked_config.h"

#include "log/redact.h"
#include "support/catch.h"

using pk::admin::with_secrets;

namespace {

const std::string k_stored = R"({"strategy":{"mode":"fallback"},"targets":[
  {"provider":"openai","api_key":"sk-proj-0123456789abc","custom_host":"https://one.example.com/v1"},
  {"provider":"azure-openai","api_key":"another-0123456789xyz","resource_name":"ours","weight":0.70}]})";

// The stored config as it is shown, with `from` replaced by `to`.
std::string edited(std::string_view from, std::string_view to) {
  std::string text = pk::log::redact_json(k_stored);
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string saved(const std::string& text) {
  const auto with = with_secrets(text, k_stored);
  return with ? *with : "error: " + with.error().message;
}

}  // namespace

TEST_CASE(
    "A masked secret that was left alone is the stored one, and every other byte is as it was written") {
  CHECK(saved(edited("fallback", "loadbalance")) ==
        std::string(k_stored).replace(k_stored.find("fallback"), 8, "loadbalance"));
  CHECK(saved(k_stored) == k_stored);
  CHECK(saved(R"({"provider":"demo"})") == R"({"provider":"demo"})");
}

TEST_CASE("A new secret may stand beside masked ones") {
  const std::string text = saved(edited("sk********abc", "sk-new-9876543210"));
  CHECK(text.find("sk-new-9876543210") != std::string::npos);
  CHECK(text.find("another-0123456789xyz") != std::string::npos);
  CHECK(text.find("****") == std::string::npos);
}

TEST_CASE("A mask that is not the stored one of its place is refused by name, and no secret is told") {
  for (const std::string& text :
       {edited("sk********abc", "sk********abd"), edited("sk********abc", "an********xyz"),
        edited("sk********abc", "********"), edited("\"provider\":\"openai\"", "\"x\":\"sk********abc\""),
        std::string(R"({"api_key":"sk********abc"})"), std::string(R"({"targets":["sk********abc"]})")}) {
    INFO(text);
    const std::string said = saved(text);
    CHECK(said.starts_with("error: config."));
    CHECK(said.find("0123456789") == std::string::npos);
  }
}

TEST_CASE("A masked secret goes to no address that the stored config does not have") {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"https://one.example.com/v1", "https://two.example.com/v1"},
           {"\"weight\":0.70", "\"customHost\":\"https://two.example.com\""},
           {"\"ours\"", "\"theirs\""},
           {"\"weight\":0.70", "\"azure_foundry_url\":\"https://two.example.com\""},
           {"\"strategy\":{\"mode\":\"fallback\"}",
            "\"strategy\":{\"mode\":\"fallback\"},\"custom_host\":\"https://two.example.com\""}}) {
    INFO(to);
    CHECK(saved(edited(from, to)).starts_with("error: config."));
  }
  // With the secrets themselves it may go anywhere.
  CHECK(saved(std::string(k_stored).replace(k_stored.find("one.example"), 3, "two")).find("two.example") !=
        std::string::npos);
}

TEST_CASE("A password in an address and secrets that are numbers are kept too") {
  const std::string stored =
      R"({"provider":"openai","api_key":1234567890123456789,"custom_host":"https://me:pass-word-0123456789@a.example.com/v1"})";
  const std::string shown = pk::log::redact_json(stored);
  REQUIRE(shown.find("123456789") == std::string::npos);
  CHECK(with_secrets(shown, stored).value() == stored);
}
