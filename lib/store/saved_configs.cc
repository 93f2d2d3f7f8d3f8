#include "store/saved_configs.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "config/gateway_config.h"
#include "store/saved_versions.h"

namespace pk::store {

namespace {

constexpr std::int64_t k_version_max = std::numeric_limits<std::uint32_t>::max();

Result<std::optional<StoredConfig>> newest(const Txn& txn, std::string_view id) {
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::configs));
  PK_ASSIGN(const bool found, seek_newest(cursor, id));
  if (!found) return std::optional<StoredConfig>{};
  PK_ASSIGN(StoredConfig config, read_config(cursor.key(), cursor.value()));
  return std::optional<StoredConfig>(std::move(config));
}

Result<void> check_text(std::string_view json) {
  if (json.size() <= config::k_config_bytes_max) return {};
  return Error{Errc::invalid, fmt::format("a config has at most {} kB", config::k_config_bytes_max / 1024)};
}

Result<StoredConfig> put(WriteTxn& txn, StoredConfig config) {
  if (config.version > k_version_max)
    return Error{Errc::limit, fmt::format("config {} has no versions left", config.id)};
  PK_TRY(txn.put(Table::configs, version_key(config.id, config.version), row_of(config)));
  PK_TRY(count_change(txn));
  return config;
}

StoredConfig next_of(const StoredConfig& before, std::string_view json, std::int64_t now_ms) {
  return {before.id, before.name, before.version + 1, before.created_at, now_ms, std::string(json)};
}

}  // namespace

Result<std::string> config_id_in(const Txn& txn, std::string_view id_or_name) {
  return id_of_versioned<StoredConfig>(txn, Table::configs, id_or_name, read_config);
}

Result<StoredConfig> add_config(Env& env, std::string_view name, std::string_view json, std::int64_t now_ms) {
  PK_TRY(check_saved_name(SavedKind::config, name));
  PK_TRY(check_text(json));
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  PK_ASSIGN(const std::string known, config_id_in(txn, name));
  StoredConfig config;
  if (known.empty()) {
    PK_ASSIGN(const SavedList<StoredConfig> all,
              newest_of_all<StoredConfig>(txn, Table::configs, read_config));
    PK_TRY(check_names(SavedKind::config, all.damage));
    PK_ASSIGN(std::string id, fresh_id(txn, SavedKind::config, name));
    config = {std::move(id), std::string(name), 1, now_ms, now_ms, std::string(json)};
  } else {
    PK_ASSIGN(const auto before, newest(txn, known));
    config = next_of(*before, json, now_ms);
  }
  PK_ASSIGN(config, put(txn, std::move(config)));
  PK_TRY(txn.commit());
  return config;
}

Result<StoredConfig> follow_config(Env& env, const StoredConfig& base, std::string_view json,
                                   std::int64_t now_ms) {
  PK_TRY(check_text(json));
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  PK_ASSIGN(const auto before, newest(txn, base.id));
  if (!before) return not_there(SavedKind::config, base.id);
  if (before->version != base.version)
    return Error{
        Errc::unauthorized,
        fmt::format("config {} was changed meanwhile, it is at version {} now; begin again from that",
                    base.id, before->version)};
  PK_ASSIGN(StoredConfig config, put(txn, next_of(*before, json, now_ms)));
  PK_TRY(txn.commit());
  return config;
}

Result<std::optional<StoredConfig>> find_config(const Env& env, std::string_view id_or_name,
                                                std::optional<std::int64_t> version) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  PK_ASSIGN(const std::string id, config_id_in(txn, id_or_name));
  if (id.empty()) return std::optional<StoredConfig>{};
  if (!version) return newest(txn, id);
  if (*version < 1 || *version > k_version_max) return std::optional<StoredConfig>{};
  const std::string key = version_key(id, *version);
  PK_ASSIGN(const auto row, txn.get(Table::configs, key));
  if (!row) return std::optional<StoredConfig>{};
  PK_ASSIGN(StoredConfig config, read_config(key, *row));
  return std::optional<StoredConfig>(std::move(config));
}

Result<SavedList<StoredConfig>> list_configs(const Env& env) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  PK_ASSIGN(SavedList<StoredConfig> list, newest_of_all<StoredConfig>(txn, Table::configs, read_config));
  std::ranges::sort(list.entries, {}, &StoredConfig::name);
  return list;
}

Result<void> remove_configs(Env& env, std::span<const std::string> ids_or_names) {
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  std::vector<std::string> ids;
  for (const std::string& one : ids_or_names) {
    PK_ASSIGN(ids.emplace_back(), config_id_in(txn, one));
    if (ids.back().empty()) return not_there(SavedKind::config, one);
  }
  for (const std::string& id : ids) {
    PK_ASSIGN(const std::vector<std::string> keys, version_keys(txn, Table::configs, id));
    for (const std::string& key : keys) PK_TRY(txn.remove(Table::configs, key));
  }
  PK_TRY(count_change(txn));
  return txn.commit();
}

}  // namespace pk::store
