#include "provider/anthropic.h"

#include <algorithm>

#include "base/text.h"
#include "decoding.h"

namespace pk::provider {
namespace {

constexpr std::string_view k_chat =
    R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":"hi"}]})";

struct Asked {
  log::Endpoint endpoint = log::Endpoint::chat_completions;
  std::string_view path = "/v1/chat/completions";
  std::string_view query = {};
  std::string_view body = k_chat;
  std::string_view custom_host = {};
  ProviderOptions options = {};
};

Result<WireRequest> encoded(const Asked& asked) {
  const BodyFacts facts;
  return k_anthropic.encode({*find("anthropic"), asked.endpoint, "POST", asked.path, asked.query, asked.body,
                             facts, asked.custom_host, "sk-1", asked.options, 0});
}

std::string all_of(const WireRequest& request, std::string_view name) {
  std::string found;
  for (const auto& [key, value] : request.headers)
    if (iequals(key, name)) found += (found.empty() ? "" : "|") + value;
  return found;
}

TEST_CASE("A chat completion goes to messages, with the key and the version") {
  const auto request = encoded({});
  REQUIRE(request);
  CHECK(request->method == "POST");
  CHECK(request->url == "https://api.anthropic.com/v1/messages");
  CHECK(request->body == R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":"hi"}]})");
  CHECK_FALSE(request->body_is_clients);
  CHECK(all_of(*request, "x-api-key") == "sk-1");
  CHECK(all_of(*request, "anthropic-version") == "2023-06-01");
  CHECK(all_of(*request, "content-type") == "application/json");
  CHECK(all_of(*request, "authorization").empty());
}

TEST_CASE("A custom host replaces the base URL, and the query stays behind") {
  CHECK(encoded({.query = "api-version=1", .custom_host = "http://127.0.0.1:9/v1"})->url ==
        "http://127.0.0.1:9/v1/messages");
}

TEST_CASE("Version and beta can be set by options") {
  const auto request =
      encoded({.options = {{"anthropic_version", "2024-01-01"}, {"anthropic_beta", "files-api-2025-04-14"}}});
  CHECK(all_of(*request, "anthropic-version") == "2024-01-01");
  CHECK(all_of(*request, "anthropic-beta") == "files-api-2025-04-14");
}

TEST_CASE("Its own endpoints pass as they are") {
  const auto messages =
      encoded({.endpoint = log::Endpoint::messages, .path = "/v1/messages", .query = "beta=true"});
  CHECK(messages->url == "https://api.anthropic.com/v1/messages?beta=true");
  CHECK(messages->body_is_clients);
  CHECK(messages->body.empty());
  const auto count = encoded({.endpoint = log::Endpoint::other, .path = "/v1/messages/count_tokens"});
  CHECK(count->url == "https://api.anthropic.com/v1/messages/count_tokens");
  AnswerFacts facts = answer_facts();
  CHECK(k_anthropic.decoder(facts) != nullptr);
  facts.endpoint = log::Endpoint::messages;
  CHECK(k_anthropic.decoder(facts) == nullptr);
}

TEST_CASE("A body that cannot be translated is refused with words") {
  const auto refused = encoded({.body = R"({"messages":[{"role":"x"}]})"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == Error{Errc::invalid, "messages[0]: the role 'x' cannot be sent to anthropic"});
}

}  // namespace
}  // namespace pk::provider
