// Finds prompts and partials among what is saved. What is found is good as long as that is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/saved.h"
#include "prompt/partial.h"

namespace pk::prompt {

struct Found {
  const config::SavedPrompt* prompt = nullptr;
  std::int64_t version = 1;
  std::string_view text;
};

// "pp-…" or a name; "@3", "@latest" or a label behind it. not_found, in words that say what is not there.
Result<Found> find_prompt(const config::Saved& saved, std::string_view reference);

// For renderer.h: partials alone.
FindPartial partials_of(const config::Saved& saved);

// Checks the text of a version as it stands among the others: what it says, and where its partials lead.
// `providers` as in template.h.
Result<void> check(const config::Saved& saved, const Found& found,
                   std::span<const config::ConfigRules::Provider> providers);

}  // namespace pk::prompt
