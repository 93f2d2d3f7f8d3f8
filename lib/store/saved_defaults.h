// Whose default something saved is: API keys and the settings name a config or a virtual key for requests
// that name none, which would be refused without it. Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/env.h"
#include "store/saved_ids.h"

namespace pk::store {

// unauthorized, naming each of them and whose default it is, if one is. By id or name; what is not there is
// nobody's. `of_settings`: the id of their default config, "" if there is none.
Result<void> check_no_default(const Env& env, SavedKind kind, std::span<const std::string> ids_or_names,
                              std::string_view of_settings = {});

}  // namespace pk::store
