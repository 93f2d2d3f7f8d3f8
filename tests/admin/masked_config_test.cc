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

TEST_CASE("A masked secret goes with its target, where that is moved or another is removed") {
  const std::string moved = saved(
      R"({"targets":[{"provider":"azure-openai","api_key":"an********xyz","resource_name":"ours"},
          {"provider":"openai","api_key":"sk********abc"}]})");
  CHECK(moved.find("another-0123456789xyz") < moved.find("sk-proj-0123456789abc"));
  CHECK(saved(R"({"provider":"openai","api_key":"sk********abc"})") ==
        R"({"provider":"openai","api_key":"sk-proj-0123456789abc"})");
}

TEST_CASE("A mask that the stored config does not show is refused by name, and no secret is told") {
  for (const std::string& text :
       {edited("sk********abc", "sk********abd"), edited("sk********abc", "********"),
        edited("\"provider\":\"openai\"", "\"x\":\"sk********abc\""),
        std::string(R"({"targets":["sk********abc"]})")}) {
    INFO(text);
    const std::string said = saved(text);
    CHECK(said.starts_with("error: config."));
    CHECK(said.find("0123456789") == std::string::npos);
  }
  // Short secrets show nothing of themselves: which one it is only its place can say.
  const std::string two = R"({"targets":[{"api_key":"short-1"},{"api_key":"short-2"}]})";
  const std::string shown = pk::log::redact_json(two);
  CHECK(with_secrets(shown, two).value() == two);
  CHECK_FALSE(with_secrets(R"({"api_key":"********"})", two));
}

TEST_CASE("A masked secret goes to no address that the stored config does not have") {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"https://one.example.com/v1", "https://two.example.com/v1"},
           {"\"weight\":0.70", "\"customHost\":\"https://two.example.com\""},
           {"\"ours\"", "\"theirs\""},
           {"\"weight\":0.70", "\"azure_foundry_url\":\"https://two.example.com\""},
           {"\"weight\":0.70", "\"virtual_key\":\"vk-theirs\""},
           {"\"provider\":\"openai\"", "\"provider\":\"@vk-theirs\""},
           {"\"strategy\":{\"mode\":\"fallback\"}",
            "\"strategy\":{\"mode\":\"fallback\"},\"custom_host\":\"https://two.example.com\""}}) {
    INFO(to);
    CHECK(saved(edited(from, to)).starts_with("error: config."));
  }
  // A secret of the whole config is inherited by a target that is added.
  CHECK_FALSE(
      with_secrets(R"({"api_key":"sk********abc","targets":[{"custom_host":"https://two.example.com"}]})",
                   R"({"api_key":"sk-proj-0123456789abc","targets":[{}]})"));
  // With the secrets themselves it may go anywhere, and a target beside it is its own.
  CHECK(saved(std::string(k_stored).replace(k_stored.find("one.example"), 3, "two")).find("two.example") !=
        std::string::npos);
  CHECK(saved(edited("\"targets\":[", "\"targets\":[{\"virtual_key\":\"vk-new\"},"))
            .find("another-0123456789xyz") != std::string::npos);
}

TEST_CASE("A password in an address and secrets that are numbers are kept too") {
  const std::string stored =
      R"({"provider":"openai","api_key":1234567890123456789,"custom_host":"https://me:pass-word-0123456789@a.example.com/v1"})";
  const std::string shown = pk::log::redact_json(stored);
  REQUIRE(shown.find("123456789") == std::string::npos);
  CHECK(with_secrets(shown, stored).value() == stored);
}
