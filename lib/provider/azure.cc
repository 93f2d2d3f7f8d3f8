#include "provider/azure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "provider/refusal.h"
#include "provider/target.h"
#include "provider/url_text.h"

namespace pk::provider {

namespace {

constexpr std::string_view k_openai_root = "/openai";
constexpr std::string_view k_openai_host = ".openai.azure.com";
constexpr std::string_view k_version_one = "v1";
constexpr std::size_t k_name_bytes_max = 128;  // of a resource or a version
constexpr CharSet k_host_bytes = CharSet::alphanumeric_and("-");
constexpr CharSet k_version_bytes = CharSet::alphanumeric_and("-.");

// First segments of passed-through paths that stand under a deployment.
constexpr std::array<std::string_view, 5> k_of_deployments = {"chat", "completions", "embeddings", "images",
                                                              "audio"};

// "azure_resource_name", else "resource_name".
std::string_view azure_option(const ProviderOptions& options, std::string_view name) {
  constexpr std::string_view k_prefix = "azure_";
  const std::string_view given = option(options, name);
  return given.empty() ? option(options, name.substr(k_prefix.size())) : given;
}

// A name that can stand in a host or a query as it is.
bool is_name(std::string_view text, const CharSet& bytes) {
  return !text.empty() && text.size() <= k_name_bytes_max && bytes.has_all(text);
}

Result<std::string> base_url(const ClientCall& call) {
  std::string base(without_end_slashes(call.custom_host));
  if (base.empty()) {
    const std::string_view resource = azure_option(call.options, "azure_resource_name");
    if (!is_name(resource, k_host_bytes))
      return invalid("azure-openai needs azure_resource_name, the first part of NAME.openai.azure.com");
    base = fmt::format("https://{}{}", resource, k_openai_host);
  }
  if (!base.ends_with(k_openai_root)) base += k_openai_root;
  return base;
}

Result<std::string> deployment_path(const ClientCall& call) {
  std::string_view name = azure_option(call.options, "azure_deployment_id");
  if (name.empty()) name = call.facts.model;
  if (name.empty() || name == "." || name == "..")
    return invalid("azure-openai needs azure_deployment_id, or a model in the request body");
  return fmt::format("/deployments/{}", percent_encoded(name));
}

// What stands behind the root of the API: "/chat/completions" for the unified endpoints, of others the
// client's path without /v1 or /v1/proxy.
Result<std::string_view> operation(const ClientCall& call) {
  switch (call.endpoint) {
    case log::Endpoint::chat_completions:
      return std::string_view("/chat/completions");
    case log::Endpoint::completions:
      return std::string_view("/completions");
    case log::Endpoint::embeddings:
      return std::string_view("/embeddings");
    case log::Endpoint::responses:
      return std::string_view("/responses");
    case log::Endpoint::messages:
      return invalid(fmt::format("messages is not supported by {}", call.provider.slug));
    case log::Endpoint::other:
      break;
  }
  PK_ASSIGN(const PassedPath path, passed_path(call.path));
  return path.rest;
}

std::string_view first_segment(std::string_view path) {
  return path.empty() ? path : path.substr(1, path.find('/', 1) - 1);
}

bool stands_under_a_deployment(std::string_view path) {
  return std::ranges::find(k_of_deployments, first_segment(path)) != k_of_deployments.end();
}

bool has_version(std::string_view query) {
  return query.starts_with("api-version=") || query.find("&api-version=") != std::string_view::npos;
}

std::string with_query(std::string url, std::string_view query, std::string_view version) {
  char before = '?';
  for (const std::string& part :
       {std::string(query), version.empty() ? std::string() : fmt::format("api-version={}", version)}) {
    if (part.empty()) continue;
    url.append(1, before).append(part);
    before = '&';
  }
  return url;
}

Result<std::string> named_host_url(const ClientCall& call, std::string_view path) {
  const std::string host = ascii_lower(first_segment(path));
  const std::string_view resource = azure_option(call.options, "azure_resource_name");
  const std::string_view name = std::string_view(host).substr(0, host.size() - k_openai_host.size());
  if (!is_name(name, k_host_bytes) || (!resource.empty() && !iequals(resource, name)))
    return invalid("the path names another host than the azure_resource_name configured");
  return with_query(fmt::format("https:/{}", path), call.query, "");
}

bool names_a_host(const ClientCall& call, std::string_view path) {
  return call.endpoint == log::Endpoint::other && call.custom_host.empty() &&
         ascii_lower(first_segment(path)).ends_with(k_openai_host);
}

Result<std::string> openai_url(const ClientCall& call) {
  PK_ASSIGN(const std::string_view path, operation(call));
  if (has_foreign_byte(call.query)) return invalid("the query holds bytes that no URL has");
  if (names_a_host(call, path)) return named_host_url(call, path);
  PK_ASSIGN(std::string url, base_url(call));
  const std::string_view version = azure_option(call.options, "azure_api_version");
  if (version == k_version_one) return with_query(fmt::format("{}/v1{}", url, path), call.query, "");
  const bool given = has_version(call.query);
  if (!given && !is_name(version, k_version_bytes))
    return invalid("azure-openai needs azure_api_version, such as 2024-10-21, or v1");
  if (stands_under_a_deployment(path)) {
    PK_ASSIGN(const std::string deployment, deployment_path(call));
    url += deployment;
  }
  return with_query(url.append(path), call.query, given ? "" : version);
}

Result<std::string> ai_url(const ClientCall& call) {
  PK_ASSIGN(const std::string_view path, operation(call));
  if (has_foreign_byte(call.query)) return invalid("the query holds bytes that no URL has");
  const std::string_view foundry = azure_option(call.options, "azure_foundry_url");
  const bool custom = !call.custom_host.empty();
  if (!custom && (!istarts_with(foundry, "https://") || has_foreign_byte(foundry) ||
                  foundry.find('?') != std::string_view::npos))
    return invalid("azure-ai needs azure_foundry_url, an https URL without a query, or a custom host");
  const std::string_view version = azure_option(call.options, "azure_api_version");
  if (!version.empty() && !is_name(version, k_version_bytes))
    return invalid("azure_api_version must be a version such as 2024-05-01-preview");
  const bool needed = !has_version(call.query);
  return with_query(fmt::format("{}{}", without_end_slashes(custom ? call.custom_host : foundry), path),
                    call.query, needed ? version : "");
}

Result<void> add_auth(const ClientCall& call, log::Headers& headers) {
  const std::string_view mode = azure_option(call.options, "azure_auth_mode");
  std::string_view token = azure_option(call.options, "azure_ad_token");
  if (istarts_with(token, "bearer ")) token = trim(token.substr(7));
  if (!token.empty()) {
    headers.emplace_back("Authorization", fmt::format("Bearer {}", token));
    return {};
  }
  if (mode == "entra" || mode == "managed" || mode == "workload")
    return invalid(fmt::format(
        "azure_auth_mode '{}' is not offered: pk fetches no tokens; give azure_ad_token or an API key",
        mode));
  if (!mode.empty() && mode != "default" && mode != "api_key" && mode != "apikey")
    return invalid("azure_auth_mode must be default, or left out where azure_ad_token is given");
  if (!call.key.empty()) headers.emplace_back("api-key", call.key);
  return {};
}

Result<WireRequest> passed_to(const ClientCall& call, Result<std::string> url) {
  if (!url) return std::move(url).error();
  if (url->size() > k_url_bytes_max)
    return Error{Errc::limit, fmt::format("the URL is longer than {} bytes", k_url_bytes_max)};
  WireRequest request;
  request.method = call.method;
  request.url = *std::move(url);
  request.body_is_clients = true;
  PK_TRY(add_auth(call, request.headers));
  return request;
}

Result<WireRequest> encode_openai(const ClientCall& call) {
  return passed_to(call, openai_url(call));
}

Result<WireRequest> encode_ai(const ClientCall& call) {
  PK_ASSIGN(WireRequest request, passed_to(call, ai_url(call)));
  const std::string_view extra = azure_option(call.options, "azure_extra_params");
  request.headers.emplace_back("extra-parameters", extra.empty() ? "drop" : extra);
  const std::string_view deployment = azure_option(call.options, "azure_deployment_name");
  if (!deployment.empty()) request.headers.emplace_back("azureml-model-deployment", deployment);
  return request;
}

std::unique_ptr<Decoder> no_decoder(const AnswerFacts&) {
  return nullptr;
}

}  // namespace

constinit const Dialect k_azure_openai{encode_openai, no_decoder};
constinit const Dialect k_azure_ai{encode_ai, no_decoder};

}  // namespace pk::provider
