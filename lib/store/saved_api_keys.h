// API keys of pk itself in the ledger. A key is its id, a hyphen and random text; it is given out once and
// stored as a hash. Any thread; each call is one short transaction, many processes may call at once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/secret.h"
#include "store/env.h"
#include "store/saved_rows.h"
#include "store/saved_table.h"

namespace pk::store {

struct MadeApiKey {
  std::string id;
  config::Secret secret;  // the whole key, "pk-ci-3fa29c-…": nothing can tell it again
  bool first = false;     // there was none before it
};

// `wanted` without its id. Nothing if the name is taken. A default config is given by id or name and kept by
// id; a default provider "@name" names a virtual key. invalid: a name that cannot be one, no scope, a virtual
// key that is archived. not_found: no such config or virtual key. limit: k_saved_max keys. corrupt: a damaged
// one may be of that name.
Result<std::optional<MadeApiKey>> add_api_key(Env& env, const config::ApiKey& wanted, std::int64_t now_ms);

// By id or name. Nothing if there is none.
Result<std::optional<StoredApiKey>> find_api_key(const Env& env, std::string_view id_or_name);
Result<SavedList<StoredApiKey>> list_api_keys(const Env& env);  // in the order of their names

// All of them; not_found, and nothing is removed, if one is not there. How many keys are left.
Result<std::uint64_t> remove_api_keys(Env& env, std::span<const std::string> ids_or_names);

}  // namespace pk::store
