// Rows of the table `prompts` ⇄ values. Grammar: FORMAT.md, saved things. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pk::store {

// One version of a prompt.
struct StoredPrompt {
  std::string id;  // "pp-…"
  std::string name;
  bool partial = false;
  std::int64_t version = 1;     // from 1
  std::int64_t created_at = 0;  // ms since 1970: of the first version
  std::int64_t saved_at = 0;    // of this one
  std::string text;
  bool operator==(const StoredPrompt&) const = default;
};

using PromptLabels = std::map<std::string, std::int64_t, std::less<>>;

std::string row_of(const StoredPrompt& prompt);
std::string row_of(std::string_view id, const PromptLabels& labels);

// corrupt, naming the prompt by its id, if the sum is wrong or the bytes are no such row.
Result<StoredPrompt> read_prompt(std::string_view key, std::string_view row);
Result<PromptLabels> read_prompt_labels(std::string_view key, std::string_view row);

// The one or the other, as the key has it.
Result<void> check_prompt_row(std::string_view key, std::string_view row);

}  // namespace pk::store
