// Where a person keeps a provider's key: the environment variables that the provider's own tools read. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "provider/table.h"

namespace pk::provider {

// "OPENAI_API_KEY" of openai; where tools differ, several, the usual one first. Never empty.
std::vector<std::string> key_variables(const Provider& provider);

// Of a secret among the options of config/provider_options.h: "AWS_SECRET_ACCESS_KEY" of
// aws_secret_access_key.
std::string option_variable(std::string_view option);

}  // namespace pk::provider
