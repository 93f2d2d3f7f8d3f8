#include "store/saved_api_keys.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/assert.h"
#include "store/key_mark.h"
#include "store/saved_configs.h"
#include "store/saved_virtual_keys.h"

namespace pk::store {

namespace {

constexpr std::size_t k_random_bytes = 24;  // 32 characters

Result<SavedList<StoredApiKey>> all_in(const Txn& txn) {
  return read_all<StoredApiKey>(txn, Table::keys, read_api_key);
}

Result<std::string> id_in(const Txn& txn, std::string_view id_or_name) {
  if (looks_like_id(id_or_name)) {
    if (id_or_name.size() > k_saved_id_bytes_max) return std::string();
    PK_ASSIGN(const auto row, txn.get(Table::keys, id_or_name));
    return std::string(row ? id_or_name : std::string_view());
  }
  PK_ASSIGN(const SavedList<StoredApiKey> all, all_in(txn));
  for (const StoredApiKey& stored : all.entries)
    if (stored.key.name == id_or_name) return stored.key.id;
  return std::string();
}

std::string random_text() {
  std::array<unsigned char, k_random_bytes> random{};
  randombytes_buf(random.data(), random.size());
  std::string text(sodium_base64_encoded_len(random.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(text.data(), text.size(), random.data(), random.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text.pop_back();  // the terminator that it wrote
  return text;
}

// What a key sends its callers to must be there, and in use.
Result<void> resolve_defaults(const Txn& txn, config::ApiKey& key) {
  if (!key.default_config.empty()) {
    PK_ASSIGN(std::string id, config_id_in(txn, key.default_config));
    if (id.empty()) return not_there(SavedKind::config, key.default_config);
    key.default_config = std::move(id);
  }
  if (key.default_provider.starts_with('@')) {
    PK_ASSIGN(const std::string id, virtual_key_id_in(txn, key.default_provider));
    if (id.empty()) return not_there(SavedKind::virtual_key, key.default_provider);
    PK_ASSIGN(const auto row, txn.get(Table::virtual_keys, id));
    PK_ASSIGN(const StoredVirtualKey virtual_key, read_virtual_key(id, *row));
    if (virtual_key.archived)
      return Error{Errc::invalid, "virtual key '" + virtual_key.name +
                                      "' is archived; name another one, or put it into use again first"};
  }
  return {};
}

}  // namespace

Result<std::optional<MadeApiKey>> add_api_key(Env& env, const config::ApiKey& wanted, std::int64_t now_ms) {
  PK_TRY(check_saved_name(SavedKind::api_key, wanted.name));
  if (wanted.scopes == 0) return Error{Errc::invalid, "an API key needs a scope: proxy, read or admin"};
  PK_ASSERT(sodium_init() >= 0);
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  PK_ASSIGN(const std::string known, id_in(txn, wanted.name));
  if (!known.empty()) return std::optional<MadeApiKey>{};
  PK_ASSIGN(const SavedList<StoredApiKey> all, all_in(txn));
  PK_TRY(check_names(SavedKind::api_key, all.damage));
  StoredApiKey stored{wanted, {}, now_ms};
  PK_TRY(resolve_defaults(txn, stored.key));
  PK_ASSIGN(stored.key.id, fresh_id(txn, SavedKind::api_key, wanted.name));
  PK_ASSIGN(const std::uint64_t before, txn.entries(Table::keys));
  std::string secret = stored.key.id + "-" + random_text();
  stored.hash = config::key_hash(secret);
  PK_TRY(txn.put(Table::keys, stored.key.id, row_of(stored)));
  PK_TRY(count_change(txn));
  PK_TRY(set_key_mark(env.dir()));
  PK_TRY(txn.commit());
  return std::optional(MadeApiKey{stored.key.id, config::Secret(std::move(secret)), before == 0});
}

Result<std::optional<StoredApiKey>> find_api_key(const Env& env, std::string_view id_or_name) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  PK_ASSIGN(const std::string id, id_in(txn, id_or_name));
  if (id.empty()) return std::optional<StoredApiKey>{};
  PK_ASSIGN(const auto row, txn.get(Table::keys, id));
  PK_ASSIGN(StoredApiKey stored, read_api_key(id, *row));
  return std::optional<StoredApiKey>(std::move(stored));
}

Result<SavedList<StoredApiKey>> list_api_keys(const Env& env) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  PK_ASSIGN(SavedList<StoredApiKey> list, all_in(txn));
  std::ranges::sort(list.entries, {},
                    [](const StoredApiKey& one) -> const std::string& { return one.key.name; });
  return list;
}

Result<std::uint64_t> remove_api_keys(Env& env, std::span<const std::string> ids_or_names) {
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  std::vector<std::string> ids;
  for (const std::string& one : ids_or_names) {
    PK_ASSIGN(ids.emplace_back(), id_in(txn, one));
    if (ids.back().empty()) return not_there(SavedKind::api_key, one);
  }
  for (const std::string& id : ids) PK_TRY(txn.remove(Table::keys, id));
  PK_TRY(count_change(txn));
  PK_ASSIGN(const std::uint64_t left, txn.entries(Table::keys));
  if (left == 0) clear_key_mark(env.dir());
  const Result<void> removed = txn.commit();
  if (removed) return left;
  PK_TRY(set_key_mark(env.dir()));
  return removed.error();
}

}  // namespace pk::store
