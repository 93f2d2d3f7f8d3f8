// What a config, a virtual key or the x-portkey-* headers say of one provider beyond key and host, under one
// name each, whatever the spelling: "azure_resource_name", "aws_region", "vertex_project_id",
// "openai_organization", "anthropic_version". Names: the reference, 1.1 and 2.1.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pk::config {

using ProviderOptions = std::vector<std::pair<std::string, std::string>>;

// The name of an option: "azure_resource_name" of resource_name, resourceName, azure-resource-name …; "" if
// it is none.
std::string provider_option_name(std::string_view spelling);

// Whether the option's value is a URL that requests go to, to be checked like a custom host.
bool is_host_option(std::string_view name);

// Whether these options say who pays without an api_key: AWS keys or a role, a Vertex project or service
// account with its region, an Azure auth mode or token (the reference's rule, 2.1).
bool have_credentials(const ProviderOptions& options);

}  // namespace pk::config
