// Prompts of the ledger as the commands need them: all at once, for a template leads to others. Main thread,
// or the child that works on the ledger.
#pragma once

#include <string_view>

#include "base/result.h"
#include "config/saved.h"
#include "store/env.h"

namespace pk::cmd {

// All prompts that can be read.
Result<config::Saved> saved_prompts(const store::Env& env);

// Whether `text` will do as the next version of the prompt of that id or name, or as the first: what it says,
// and where its partials lead. Errors are in one line.
Result<void> check_prompt_text(const store::Env& env, std::string_view id_or_name, bool partial,
                               std::string_view text);

}  // namespace pk::cmd
