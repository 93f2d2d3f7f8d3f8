// Prompts and partials in the ledger, as texts: each keeps all of its versions, labels name some of them.
// What a text means, and whether it is a template at all, is the caller's matter. Any thread; each call is
// one short transaction, many processes may call at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/saved_prompt.h"
#include "store/env.h"
#include "store/saved_prompt_rows.h"
#include "store/saved_table.h"

namespace pk::store {

// Of the texts of all prompts with all their versions: a server holds them in memory.
inline constexpr std::size_t k_prompts_bytes_max = 64 * 1024 * 1024;

// The next version of the prompt of that name, or the first one. invalid: a name that cannot be one, a text
// over config::k_prompt_bytes_max, a partial where a prompt has the name or the other way round. limit:
// k_saved_max prompts, k_prompts_bytes_max. corrupt: a damaged one may be of that name.
Result<StoredPrompt> add_prompt(Env& env, std::string_view name, bool partial, std::string_view text,
                                std::int64_t now_ms);

// The next version after `base`, which must still be the newest: else unauthorized, naming the version that
// came between. not_found if the prompt was removed.
Result<StoredPrompt> follow_prompt(Env& env, std::string_view id, std::int64_t base, std::string_view text,
                                   std::int64_t now_ms);

// By id or name, without a version; with all its versions and labels. Nothing if there is none such. corrupt
// if one of its rows is damaged.
Result<std::optional<config::SavedPrompt>> find_prompt(const Env& env, std::string_view id_or_name);

// All of them with all their versions, in the order of their names. Damaged rows are left out.
Result<SavedList<config::SavedPrompt>> list_prompts(const Env& env);

// Puts a label on a version, wherever it was before; `version` 0 takes it away. not_found: no such prompt or
// version, or no such label to take away. invalid: no label. limit: config::k_labels_max.
Result<void> label_prompt(Env& env, std::string_view id_or_name, std::string_view label,
                          std::int64_t version);

// All versions of all of them; not_found, and nothing is removed, if one is not there. A damaged one is
// removed by its id.
Result<void> remove_prompts(Env& env, std::span<const std::string> ids_or_names);

}  // namespace pk::store
