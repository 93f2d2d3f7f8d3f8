// What is saved: /v1/configs, /v1/prompts, /v1/virtual-keys, /v1/api-keys.
#pragma once

#include <vector>

#include "admin/routes.h"

namespace pk::admin {

std::vector<Route> config_routes();
std::vector<Route> prompt_routes();
std::vector<Route> virtual_key_routes();
std::vector<Route> api_key_routes();

// {"id":…,"deleted":true}
Reply deleted(std::string_view id);

// invalid where what is to be removed is named as ID@VERSION: with the others it would be gone too.
Result<void> check_whole(std::string_view text);

// invalid where a text that is to be saved has a secret that was masked when it was shown.
Result<void> check_unmasked(std::string_view text);

}  // namespace pk::admin
