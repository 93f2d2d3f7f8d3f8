// Partials as the renderer asks for them.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pk::prompt {

// One version of a partial. `key` tells it from all others: "pp-intro-3fa29c@2".
struct Partial {
  std::string key;
  std::string_view text;
};

// By id or name, a version behind an "@". not_found in words that say which.
using FindPartial = std::function<Result<Partial>(std::string_view reference)>;

}  // namespace pk::prompt
