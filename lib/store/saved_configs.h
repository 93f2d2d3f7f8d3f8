// Gateway configs in the ledger, as texts: each keeps all of its versions, the newest counts. What a text
// means, and whether it is a config at all, is the caller's matter. Any thread; each call is one short
// transaction, many processes may call at once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/env.h"
#include "store/saved_rows.h"
#include "store/saved_table.h"

namespace pk::store {

// The next version of the config of that name, or the first one. invalid: a name that cannot be one, a text
// over config::k_config_bytes_max. limit: k_saved_max configs. corrupt: a damaged one may be
// of that name.
Result<StoredConfig> add_config(Env& env, std::string_view name, std::string_view json, std::int64_t now_ms);

// The next version of `base`, which must still be the newest: else unauthorized, naming the version that came
// between. not_found if it was removed.
Result<StoredConfig> follow_config(Env& env, const StoredConfig& base, std::string_view json,
                                   std::int64_t now_ms);

// By id or name; the newest version, or the one asked for. Nothing if there is none such. corrupt if it is
// damaged.
Result<std::optional<StoredConfig>> find_config(const Env& env, std::string_view id_or_name,
                                                std::optional<std::int64_t> version = {});

// The newest version of each, in the order of their names.
Result<SavedList<StoredConfig>> list_configs(const Env& env);

// All versions of all of them; not_found, and nothing is removed, if one is not there. A damaged one is
// removed by its id.
Result<void> remove_configs(Env& env, std::span<const std::string> ids_or_names);

// The same inside a transaction: the id of the config with that id or name, "" if there is none.
Result<std::string> config_id_in(const Txn& txn, std::string_view id_or_name);

}  // namespace pk::store
