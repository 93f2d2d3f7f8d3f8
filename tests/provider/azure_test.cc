#include "provider/azure.h"

#include "base/text.h"
#include "support/catch.h"

namespace pk::provider {
namespace {

using log::Endpoint;

const ProviderOptions k_options = {
    {"azure_resource_name", "acme"}, {"azure_deployment_id", "gpt-4o"}, {"azure_api_version", "2024-10-21"}};

struct Asked {
  Endpoint endpoint = Endpoint::chat_completions;
  std::string_view path = {};
  std::string_view query = {};
  std::string_view custom_host = {};
  std::string_view model = "gpt-4o-mini";
  std::string_view key = "k1";
};

Result<WireRequest> encoded(const Asked& asked, const ProviderOptions& options = k_options,
                            std::string_view slug = "azure-openai") {
  BodyFacts facts;
  facts.model = asked.model;
  const Provider& provider = *find(slug);
  return provider.dialect->encode({provider, asked.endpoint, "POST", asked.path, asked.query, "{}", facts,
                                   asked.custom_host, asked.key, options, 0});
}

std::string url(const Asked& asked, const ProviderOptions& options = k_options,
                std::string_view slug = "azure-openai") {
  const auto request = encoded(asked, options, slug);
  return request ? request->url : "error: " + request.error().message;
}

Asked passed(std::string_view path, std::string_view query = "") {
  return {.endpoint = Endpoint::other, .path = path, .query = query};
}

std::string header(const WireRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers)
    if (iequals(key, name)) return value;
  return "";
}

ProviderOptions with(ProviderOptions options, std::string name, std::string value) {
  std::erase_if(options, [&](const auto& one) { return one.first == name; });
  options.emplace_back(std::move(name), std::move(value));
  return options;
}

TEST_CASE("Each unified endpoint has its URL under the deployment, responses none") {
  const std::string base = "https://acme.openai.azure.com/openai";
  CHECK(url({}) == base + "/deployments/gpt-4o/chat/completions?api-version=2024-10-21");
  CHECK(url({.endpoint = Endpoint::completions}) ==
        base + "/deployments/gpt-4o/completions?api-version=2024-10-21");
  CHECK(url({.endpoint = Endpoint::embeddings}) ==
        base + "/deployments/gpt-4o/embeddings?api-version=2024-10-21");
  CHECK(url({.endpoint = Endpoint::responses}) == base + "/responses?api-version=2024-10-21");
  CHECK(url({.endpoint = Endpoint::messages}) == "error: messages is not supported by azure-openai");
}

TEST_CASE("The body is the client's, and the key travels as api-key") {
  const auto request = encoded({});
  REQUIRE(request);
  CHECK(request->body_is_clients);
  CHECK(request->headers == log::Headers{{"api-key", "k1"}});
  CHECK(encoded({.key = ""})->headers.empty());
  CHECK(k_azure_openai.decoder({}) == nullptr);
  CHECK(k_azure_ai.decoder({}) == nullptr);
}

TEST_CASE("Version v1 has no deployment and no version in its query") {
  const auto options = with(k_options, "azure_api_version", "v1");
  CHECK(url({.query = "a=b"}, options) == "https://acme.openai.azure.com/openai/v1/chat/completions?a=b");
  CHECK(url(passed("/v1/files"), options) == "https://acme.openai.azure.com/openai/v1/files");
}

TEST_CASE("The client's query is kept, and its version wins") {
  CHECK(url({.query = "a=b"}).ends_with("/chat/completions?a=b&api-version=2024-10-21"));
  CHECK(url({.query = "a=b&api-version=2025"}).ends_with("/chat/completions?a=b&api-version=2025"));
  CHECK(url({.query = "xapi-version=1"}).ends_with("?xapi-version=1&api-version=2024-10-21"));
  CHECK(url({.query = "a b"}).starts_with("error: "));
  CHECK(url({.query = "a#b"}).starts_with("error: "));
}

TEST_CASE("A custom host replaces the host, its /openai is not doubled") {
  for (const std::string_view host :
       {"http://127.0.0.1:9", "http://127.0.0.1:9/", "http://127.0.0.1:9/openai"})
    CHECK(url({.custom_host = host}, {{"azure_deployment_id", "d"}, {"azure_api_version", "1"}}) ==
          "http://127.0.0.1:9/openai/deployments/d/chat/completions?api-version=1");
}

TEST_CASE("Without a deployment it is the model, and it stays one segment") {
  const ProviderOptions options = {{"resource_name", "acme"}, {"api_version", "1"}};
  CHECK(url({.model = "gpt 4/o?#"}, options) ==
        "https://acme.openai.azure.com/openai/deployments/gpt%204%2Fo%3F%23/chat/completions?api-version=1");
  for (const std::string_view bad : {"", ".", ".."})
    CHECK(url({.model = bad}, options) ==
          "error: azure-openai needs azure_deployment_id, or a model in the request body");
}

TEST_CASE("Other paths stand under the deployment where Azure has them there") {
  const std::string base = "https://acme.openai.azure.com/openai";
  CHECK(url(passed("/v1/images/generations")) ==
        base + "/deployments/gpt-4o/images/generations?api-version=2024-10-21");
  CHECK(url(passed("/v1/audio/speech")) == base + "/deployments/gpt-4o/audio/speech?api-version=2024-10-21");
  CHECK(url(passed("/v1/files/f1", "x=1")) == base + "/files/f1?x=1&api-version=2024-10-21");
  CHECK(url(passed("/v1/batches")) == base + "/batches?api-version=2024-10-21");
  CHECK(url(passed("/v1/fine_tuning/jobs")) == base + "/fine_tuning/jobs?api-version=2024-10-21");
  CHECK(url(passed("/v1/responses/r1")) == base + "/responses/r1?api-version=2024-10-21");
  CHECK(url(passed("/v1/proxy/deployments")) == base + "/deployments?api-version=2024-10-21");
  for (const std::string_view bad : {"/v2/x", "", "/v1/a b", "/v10/x"})
    CHECK(url(passed(bad)).starts_with("error: "));
}

TEST_CASE("A passed-through path may name its host, if it is the one configured") {
  constexpr std::string_view k_path = "/v1/proxy/acme.openai.azure.com/openai/models";
  CHECK(url(passed(k_path, "api-version=1")) == "https://acme.openai.azure.com/openai/models?api-version=1");
  CHECK(url(passed(k_path), {}) == "https://acme.openai.azure.com/openai/models");
  CHECK(url(passed("/v1/proxy/evil.openai.azure.com/openai/models"))
            .starts_with("error: the path names another"));
  CHECK(url(passed("/v1/proxy/evil.com%2f.openai.azure.com/x"), {}).starts_with("error: "));
  CHECK(url(passed("/v1/proxy/user@x.openai.azure.com/x"), {}).starts_with("error: "));
}

TEST_CASE("A missing or strange resource or version is refused by name") {
  CHECK(url({}, {}).find("azure_resource_name") != std::string::npos);
  CHECK(url({}, {{"azure_resource_name", "acme"}}).find("azure_api_version") != std::string::npos);
  for (const std::string bad : {"a.b", "evil.com/", "a#", "a@b", "a b", "\xc3\xa9"})
    CHECK(url({}, with(k_options, "azure_resource_name", bad))
              .starts_with("error: azure-openai needs azure_resource_name"));
  CHECK(url({}, with(k_options, "azure_resource_name", std::string(129, 'a'))).starts_with("error: "));
  for (const std::string bad : {"2024&x=1", "a b", "#"})
    CHECK(url({}, with(k_options, "azure_api_version", bad)).starts_with("error: "));
}

TEST_CASE("An ad token goes before the key; modes that need a token from elsewhere are refused") {
  const auto token =
      encoded({}, with(with(k_options, "azure_ad_token", "Bearer t1"), "azure_auth_mode", "entra"));
  REQUIRE(token);
  CHECK(token->headers == log::Headers{{"Authorization", "Bearer t1"}});
  for (const std::string mode : {"entra", "managed", "workload"})
    CHECK(url({}, with(k_options, "azure_auth_mode", mode)) ==
          "error: azure_auth_mode '" + mode +
              "' is not offered: pk fetches no tokens; give azure_ad_token or an API key");
  CHECK(url({}, with(k_options, "azure_auth_mode", "magic")).starts_with("error: azure_auth_mode"));
  CHECK(encoded({}, with(k_options, "azure_auth_mode", "default")));
}

TEST_CASE("A URL that is too long is refused as a limit") {
  const std::string query(20'000, 'q');
  const auto request = encoded({.query = query});
  REQUIRE_FALSE(request);
  CHECK(request.error().code == Errc::limit);
}

TEST_CASE("Azure AI is its foundry URL with the endpoint's path") {
  const ProviderOptions options = {{"azure_foundry_url", "https://x.services.ai.azure.com/models/"},
                                   {"azure_api_version", "2024-05-01-preview"},
                                   {"azure_deployment_name", "d1"}};
  const auto request = encoded({}, options, "azure-ai");
  REQUIRE(request);
  CHECK(request->url ==
        "https://x.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview");
  CHECK(request->headers ==
        log::Headers{{"api-key", "k1"}, {"extra-parameters", "drop"}, {"azureml-model-deployment", "d1"}});
  CHECK(header(*encoded({}, with(options, "azure_extra_params", "error"), "azure-ai"), "extra-parameters") ==
        "error");
  CHECK(url({.endpoint = Endpoint::embeddings, .custom_host = "http://127.0.0.1:9/models"}, {}, "azure-ai") ==
        "http://127.0.0.1:9/models/embeddings");
  for (const std::string bad : {"", "http://x", "x.com", "https://x/?a=1", "https://x/#"})
    CHECK(url({}, {{"azure_foundry_url", bad}}, "azure-ai")
              .starts_with("error: azure-ai needs azure_foundry_url"));
  CHECK(
      url({}, with(options, "azure_api_version", "a&b"), "azure-ai").starts_with("error: azure_api_version"));
}

}  // namespace
}  // namespace pk::provider
