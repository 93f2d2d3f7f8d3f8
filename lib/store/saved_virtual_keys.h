// Virtual keys in the ledger: a provider, where and how to reach it, and its secrets, encrypted
// (saved_secret.h). Any thread; each call is one short transaction, many processes may call at once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "config/secret.h"
#include "store/env.h"
#include "store/saved_rows.h"
#include "store/saved_secret.h"
#include "store/saved_table.h"

namespace pk::store {

inline constexpr std::size_t k_virtual_key_bytes_max = 64 * 1024;  // secret and options together
inline constexpr std::size_t k_virtual_key_options_max = 64;

// What a virtual key is to be; also of an edit, where nothing leaves as it is.
struct VirtualKeyChange {
  std::optional<std::string> provider;
  std::optional<std::string> custom_host;
  std::optional<config::Secret> secret;
  // In an edit: beside those that are there; an empty value drops the option. Those that are secrets
  // (config::is_secret_option) are encrypted.
  std::vector<std::pair<std::string, std::string>> options;
  std::optional<bool> archived;
};

// The new id; nothing if the name is taken. invalid: a name that cannot be one, too many or too long values.
// limit: k_saved_max of them. io: the key file (saved_secret.h), which is made if nothing was encrypted yet.
// corrupt: a damaged one may be of that name.
Result<std::optional<std::string>> add_virtual_key(Env& env, std::string_view name,
                                                   const VirtualKeyChange& key, std::int64_t now_ms);

// By id or name, here and below; `@name` is taken too. not_found; otherwise as above.
Result<void> edit_virtual_key(Env& env, std::string_view id_or_name, const VirtualKeyChange& change,
                              std::int64_t now_ms);

// All of them; not_found, and nothing is changed, if one is not there.
Result<void> archive_virtual_keys(Env& env, std::span<const std::string> ids_or_names, bool archived,
                                  std::int64_t now_ms);
Result<void> remove_virtual_keys(Env& env, std::span<const std::string> ids_or_names);

// Without secrets: needs no key file. Nothing if there is none.
Result<std::optional<StoredVirtualKey>> find_virtual_key(const Env& env, std::string_view id_or_name);
Result<SavedList<StoredVirtualKey>> list_virtual_keys(const Env& env);  // in the order of their names

// As the gateway needs it, but without its secrets; and with them. io if `key` does not open them.
config::VirtualKey plain_virtual_key(const StoredVirtualKey& stored);
Result<config::VirtualKey> open_virtual_key(const std::filesystem::path& dir, const StoredVirtualKey& stored,
                                            const SecretKey& key);

// Inside a transaction: the id of the virtual key with that id, name or "@name", "" if there is none.
Result<std::string> virtual_key_id_in(const Txn& txn, std::string_view id_or_name);

}  // namespace pk::store
