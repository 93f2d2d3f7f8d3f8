#include "config/provider_options.h"

#include <algorithm>
#include <array>

#include "config/config_fields.h"

namespace pk::config {

namespace {

constexpr std::array<std::string_view, 9> k_prefixes = {
    "amz_", "amzn_", "anthropic_", "aws_", "azure_", "openai_", "oracle_", "stability_", "vertex_"};

constexpr std::array<std::string_view, 5> k_names = {"fireworks_account_id", "huggingface_base_url",
                                                     "mistral_fim_completion", "snowflake_account",
                                                     "workers_ai_account_id"};

// Azure's own names in a config: without the prefix that its headers have.
struct Twin {
  std::string_view from, to;
};
constexpr std::array<Twin, 4> k_twins = {{{"resource_name", "azure_resource_name"},
                                          {"deployment_id", "azure_deployment_id"},
                                          {"deployments", "azure_deployments"},
                                          {"api_version", "azure_api_version"}}};

bool has(const ProviderOptions& options, std::string_view name) {
  return std::ranges::any_of(
      options, [&](const auto& option) { return option.first == name && !option.second.empty(); });
}

}  // namespace

std::string provider_option_name(std::string_view spelling) {
  std::string name = snake_case(spelling);
  for (const Twin& twin : k_twins)
    if (name == twin.from) return std::string(twin.to);
  const auto starts = [&](std::string_view prefix) {
    return name.size() > prefix.size() && name.starts_with(prefix);
  };
  if (std::ranges::any_of(k_prefixes, starts) || std::ranges::find(k_names, name) != k_names.end())
    return name;
  return "";
}

bool is_host_option(std::string_view name) {
  return name == "huggingface_base_url" || name == "azure_foundry_url";
}

bool have_credentials(const ProviderOptions& options) {
  const bool aws = (has(options, "aws_access_key_id") && has(options, "aws_secret_access_key")) ||
                   has(options, "aws_role_arn") || has(options, "aws_auth_type");
  const bool vertex = has(options, "vertex_service_account_json") ||
                      (has(options, "vertex_region") && has(options, "vertex_project_id"));
  return aws || vertex || has(options, "azure_auth_mode") || has(options, "azure_ad_token");
}

}  // namespace pk::config
