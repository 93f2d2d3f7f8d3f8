#include "store/saved_virtual_keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace pk::store {

namespace {

Result<SavedList<StoredVirtualKey>> all_in(const Txn& txn) {
  return read_all<StoredVirtualKey>(txn, Table::virtual_keys, read_virtual_key);
}

Result<std::optional<StoredVirtualKey>> get(const Txn& txn, std::string_view id_or_name) {
  using Found = std::optional<StoredVirtualKey>;
  PK_ASSIGN(const std::string id, virtual_key_id_in(txn, id_or_name));
  if (id.empty()) return Found{};
  PK_ASSIGN(const auto row, txn.get(Table::virtual_keys, id));
  PK_ASSIGN(StoredVirtualKey key, read_virtual_key(id, *row));
  return Found(std::move(key));
}

Result<VirtualKeySecrets> secrets_of(const std::filesystem::path& dir, const StoredVirtualKey& stored,
                                     const SecretKey& key) {
  if (stored.sealed.empty()) return VirtualKeySecrets{};
  const auto packed = key.open(stored.id, stored.sealed);
  if (!packed) return wrong_secret_key(dir, stored.id);
  return unpack_secrets(stored.id, *packed);
}

// The key to encrypt with: made where nothing is encrypted yet; else it must be the one that opens what is.
Result<SecretKey> key_for_sealing(const Txn& txn) {
  const std::filesystem::path& dir = txn.env().dir();
  PK_ASSIGN(const SavedList<StoredVirtualKey> all, all_in(txn));
  const auto sealed = std::find_if(all.entries.begin(), all.entries.end(),
                                   [](const StoredVirtualKey& one) { return !one.sealed.empty(); });
  if (sealed == all.entries.end()) return SecretKey::load_or_make(dir);
  PK_ASSIGN(SecretKey key, SecretKey::load(dir));
  if (!key.open(sealed->id, sealed->sealed)) return wrong_secret_key(dir, sealed->id);
  return key;
}

void set_option(StoredVirtualKey& key, VirtualKeySecrets& secrets, const std::string& name,
                const std::string& value) {
  std::erase_if(key.options, [&](const StoredOption& option) { return option.name == name; });
  std::erase_if(secrets.options, [&](const auto& option) { return option.first == name; });
  if (value.empty()) return;
  const bool sealed = config::is_secret_option(name);
  key.options.push_back({name, sealed ? std::string() : value, sealed});
  if (sealed) secrets.options.emplace_back(name, value);
}

Result<void> check_sizes(const StoredVirtualKey& key, const VirtualKeySecrets& secrets) {
  std::size_t bytes = key.custom_host.size() + key.provider.size() + pack(secrets).size();
  for (const StoredOption& option : key.options) bytes += option.name.size() + option.value.size();
  if (key.options.size() > k_virtual_key_options_max)
    return Error{Errc::invalid,
                 fmt::format("a virtual key has at most {} options", k_virtual_key_options_max)};
  if (bytes > k_virtual_key_bytes_max)
    return Error{Errc::invalid, fmt::format("secret and options of a virtual key have at most {} kB together",
                                            k_virtual_key_bytes_max / 1024)};
  return {};
}

bool touches_secrets(const StoredVirtualKey& key, const VirtualKeyChange& change) {
  const auto is_sealed = [&](const auto& option) {
    return config::is_secret_option(option.first) ||
           std::any_of(key.options.begin(), key.options.end(),
                       [&](const StoredOption& old) { return old.sealed && old.name == option.first; });
  };
  return change.secret || std::any_of(change.options.begin(), change.options.end(), is_sealed);
}

// `key` as `change` wants it. The key file is not needed where no secret is touched.
Result<void> apply(const Txn& txn, StoredVirtualKey& key, const VirtualKeyChange& change) {
  if (change.provider) key.provider = *change.provider;
  if (change.custom_host) key.custom_host = *change.custom_host;
  if (change.archived) key.archived = *change.archived;
  const bool reseal = touches_secrets(key, change);
  VirtualKeySecrets secrets;
  std::optional<SecretKey> file;
  if (reseal && !key.sealed.empty()) {
    PK_ASSIGN(file, key_for_sealing(txn));
    PK_ASSIGN(secrets, secrets_of(txn.env().dir(), key, *file));
  }
  for (const auto& [name, value] : change.options) set_option(key, secrets, name, value);
  if (change.secret) secrets.secret = change.secret->reveal();
  PK_TRY(check_sizes(key, secrets));
  if (!reseal) return {};
  if (!secrets.empty() && !file) {
    PK_ASSIGN(file, key_for_sealing(txn));
  }
  key.sealed = secrets.empty() ? std::string() : file->seal(key.id, pack(secrets));
  return {};
}

Result<void> put(WriteTxn& txn, const StoredVirtualKey& key) {
  PK_TRY(txn.put(Table::virtual_keys, key.id, row_of(key)));
  PK_TRY(count_change(txn));
  return txn.commit();
}

Result<std::vector<std::string>> ids_of(const Txn& txn, std::span<const std::string> ids_or_names) {
  std::vector<std::string> ids;
  for (const std::string& one : ids_or_names) {
    PK_ASSIGN(ids.emplace_back(), virtual_key_id_in(txn, one));
    if (ids.back().empty()) return not_there(SavedKind::virtual_key, one);
  }
  return ids;
}

}  // namespace

Result<std::string> virtual_key_id_in(const Txn& txn, std::string_view id_or_name) {
  if (id_or_name.starts_with('@')) id_or_name.remove_prefix(1);
  if (looks_like_id(id_or_name)) {
    if (id_or_name.size() > k_saved_id_bytes_max) return std::string();
    PK_ASSIGN(const auto row, txn.get(Table::virtual_keys, id_or_name));
    return std::string(row ? id_or_name : std::string_view());
  }
  PK_ASSIGN(const SavedList<StoredVirtualKey> all, all_in(txn));
  for (const StoredVirtualKey& key : all.entries)
    if (key.name == id_or_name) return key.id;
  return std::string();
}

Result<std::optional<std::string>> add_virtual_key(Env& env, std::string_view name,
                                                   const VirtualKeyChange& change, std::int64_t now_ms) {
  PK_TRY(check_saved_name(SavedKind::virtual_key, name));
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  PK_ASSIGN(const std::string known, virtual_key_id_in(txn, name));
  if (!known.empty()) return std::optional<std::string>{};
  PK_ASSIGN(const SavedList<StoredVirtualKey> all, all_in(txn));
  PK_TRY(check_names(SavedKind::virtual_key, all.damage));
  StoredVirtualKey key;
  PK_ASSIGN(key.id, fresh_id(txn, SavedKind::virtual_key, name));
  key.name = name;
  key.created_at = key.updated_at = now_ms;
  PK_TRY(apply(txn, key, change));
  PK_TRY(put(txn, key));
  return std::optional<std::string>(key.id);
}

Result<void> edit_virtual_key(Env& env, std::string_view id_or_name, const VirtualKeyChange& change,
                              std::int64_t now_ms) {
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  PK_ASSIGN(auto key, get(txn, id_or_name));
  if (!key) return not_there(SavedKind::virtual_key, id_or_name);
  PK_TRY(apply(txn, *key, change));
  key->updated_at = now_ms;
  return put(txn, *key);
}

Result<void> archive_virtual_keys(Env& env, std::span<const std::string> ids_or_names, bool archived,
                                  std::int64_t now_ms) {
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  PK_ASSIGN(const std::vector<std::string> ids, ids_of(txn, ids_or_names));
  for (const std::string& id : ids) {
    PK_ASSIGN(auto key, get(txn, id));
    if (key->archived == archived) continue;
    key->archived = archived;
    key->updated_at = now_ms;
    PK_TRY(txn.put(Table::virtual_keys, id, row_of(*key)));
  }
  PK_TRY(count_change(txn));
  return txn.commit();
}

Result<void> remove_virtual_keys(Env& env, std::span<const std::string> ids_or_names) {
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  PK_ASSIGN(const std::vector<std::string> ids, ids_of(txn, ids_or_names));
  for (const std::string& id : ids) PK_TRY(txn.remove(Table::virtual_keys, id));
  PK_TRY(count_change(txn));
  return txn.commit();
}

Result<std::optional<StoredVirtualKey>> find_virtual_key(const Env& env, std::string_view id_or_name) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  return get(txn, id_or_name);
}

Result<SavedList<StoredVirtualKey>> list_virtual_keys(const Env& env) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  PK_ASSIGN(SavedList<StoredVirtualKey> list, all_in(txn));
  std::ranges::sort(list.entries, {}, &StoredVirtualKey::name);
  return list;
}

config::VirtualKey plain_virtual_key(const StoredVirtualKey& stored) {
  config::VirtualKey key{stored.id,          stored.name, stored.provider, {},
                         stored.custom_host, {},          stored.archived};
  for (const StoredOption& option : stored.options)
    if (!option.sealed) key.options.emplace_back(option.name, option.value);
  return key;
}

Result<config::VirtualKey> open_virtual_key(const std::filesystem::path& dir, const StoredVirtualKey& stored,
                                            const SecretKey& key) {
  PK_ASSIGN(VirtualKeySecrets secrets, secrets_of(dir, stored, key));
  config::VirtualKey opened = plain_virtual_key(stored);
  opened.secret = config::Secret(std::move(secrets.secret));
  for (auto& option : secrets.options) opened.options.push_back(std::move(option));
  return opened;
}

}  // namespace pk::store
