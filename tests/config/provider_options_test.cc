#include "config/provider_options.h"

#include "support/catch.h"

namespace pk::config {
namespace {

TEST_CASE("An option has one name, whatever its spelling") {
  for (const char* spelling :
       {"resource_name", "resourceName", "azure_resource_name", "azureResourceName", "azure-resource-name"}) {
    INFO(spelling);
    CHECK(provider_option_name(spelling) == "azure_resource_name");
  }
  CHECK(provider_option_name("deployment_id") == "azure_deployment_id");
  CHECK(provider_option_name("api_version") == "azure_api_version");
  for (const char* name : {"aws_region", "vertex_project_id", "openai_organization", "openai_project",
                           "anthropic_version", "anthropic_beta", "huggingface_base_url", "oracle_region",
                           "workers_ai_account_id", "amzn_sagemaker_target_model"})
    CHECK(provider_option_name(name) == name);
}

TEST_CASE("Other keys are no options") {
  for (const char* name : {"", "provider", "api_key", "aws_", "openai", "metadata", "retry", "azure"})
    CHECK(provider_option_name(name).empty());
}

TEST_CASE("Credentials of a cloud stand in for an api_key") {
  CHECK(have_credentials({{"aws_access_key_id", "a"}, {"aws_secret_access_key", "b"}}));
  CHECK(have_credentials({{"vertex_region", "r"}, {"vertex_project_id", "p"}}));
  CHECK(have_credentials({{"vertex_service_account_json", "{}"}}));
  CHECK(have_credentials({{"azure_auth_mode", "managed"}}));
  CHECK_FALSE(have_credentials({}));
  CHECK_FALSE(have_credentials({{"aws_access_key_id", "a"}, {"aws_secret_access_key", ""}}));
  CHECK_FALSE(have_credentials({{"vertex_region", "r"}, {"azure_resource_name", "n"}}));
}

TEST_CASE("Only options that are a whole URL are checked as hosts") {
  CHECK(is_host_option("huggingface_base_url"));
  CHECK(is_host_option("azure_foundry_url"));
  CHECK_FALSE(is_host_option("azure_resource_name"));
}

}  // namespace
}  // namespace pk::config
