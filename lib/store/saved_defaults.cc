#include "store/saved_defaults.h"

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"
#include "store/saved_api_keys.h"
#include "store/saved_configs.h"
#include "store/saved_virtual_keys.h"

namespace pk::store {

namespace {

Result<std::string> id_in(const Txn& txn, SavedKind kind, std::string_view id_or_name) {
  return kind == SavedKind::config ? config_id_in(txn, id_or_name) : virtual_key_id_in(txn, id_or_name);
}

// The id of the key's default of this kind, "" if it has none. A name is that of whatever has it now.
Result<std::string> default_of(const Txn& txn, SavedKind kind, const config::ApiKey& key) {
  if (kind == SavedKind::config) return key.default_config;
  if (!key.default_provider.starts_with('@')) return std::string();
  return virtual_key_id_in(txn, key.default_provider);
}

void add(std::string& users, std::string_view phrase) {
  users.append(users.empty() ? "" : "; ").append(phrase);
}

}  // namespace

Result<void> check_no_default(const Env& env, SavedKind kind, std::span<const std::string> ids_or_names,
                              std::string_view of_settings) {
  PK_ASSERT(kind == SavedKind::config || kind == SavedKind::virtual_key);
  const std::string_view what = kind == SavedKind::config ? "config" : "provider";
  PK_ASSIGN(const SavedList<StoredApiKey> keys, list_api_keys(env));
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  std::string users;
  for (const std::string& text : ids_or_names) {
    PK_ASSIGN(const std::string id, id_in(txn, kind, text));
    if (id.empty()) continue;
    for (const StoredApiKey& one : keys.entries) {
      PK_ASSIGN(const std::string own, default_of(txn, kind, one.key));
      if (own != id) continue;
      add(users, fmt::format("{} is the default {} of API key '{}'", id, what, visible(one.key.name, false)));
    }
    if (of_settings == id)
      add(users, fmt::format("{} is the default {} of the settings (default_config)", id, what));
  }
  if (users.empty()) return {};
  return Error{Errc::unauthorized, users + "; change that first"};
}

}  // namespace pk::store
