#include "cache/local_admin.h"

#include <cstring>
#include <vector>

#include "cache/digest.h"
#include "cache/local_env.h"
#include "cache/local_rows.h"

namespace pk::cache {

namespace {

constexpr std::size_t k_batch_entries_max = 256;  // of a transaction: the server waits as long

Result<std::optional<Key>> key_of_log(const LocalTxn& txn, const Uuid& log_id) {
  PK_ASSIGN(const auto value, txn.get(Table::ids, log_id.view()));
  Key key{};
  if (!value || value->size() != key.size()) return std::optional<Key>();
  std::memcpy(key.data(), value->data(), key.size());
  return std::optional(key);
}

Result<std::vector<Key>> keys_with(const LocalTxn& txn, std::string_view prefix) {
  std::vector<Key> keys;
  PK_ASSIGN(LocalCursor cursor, LocalCursor::open(txn, Table::entries));
  PK_ASSIGN(bool found, cursor.seek(prefix));
  while (found && cursor.key().starts_with(prefix) && keys.size() < k_batch_entries_max) {
    Key key{};
    std::memcpy(key.data(), cursor.key().data(), std::min(key.size(), cursor.key().size()));
    keys.push_back(key);
    PK_ASSIGN(found, cursor.next());
  }
  return keys;
}

Result<std::optional<std::int64_t>> end_of_order(const LocalTxn& txn, bool newest) {
  PK_ASSIGN(LocalCursor cursor, LocalCursor::open(txn, Table::order));
  PK_ASSIGN(const bool found, newest ? cursor.last() : cursor.first());
  if (!found) return std::optional<std::int64_t>();
  PK_ASSIGN(const Timed timed, read_timed(cursor.key()));
  return std::optional(timed.ms);
}

}  // namespace

LocalAdmin::LocalAdmin(std::unique_ptr<LocalEnv> env) : m_env(std::move(env)) {}
LocalAdmin::LocalAdmin(LocalAdmin&&) noexcept = default;
LocalAdmin::~LocalAdmin() = default;

Result<LocalAdmin> LocalAdmin::open(const std::filesystem::path& dir) {
  PK_ASSIGN(auto env, LocalEnv::visit(dir));
  return LocalAdmin(std::move(env));
}

Result<LocalStatistics> LocalAdmin::statistics() const {
  PK_ASSIGN(const LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::read));
  PK_ASSIGN(const Usage used, usage(txn));
  LocalStatistics out;
  out.entries = used.entries;
  out.bytes = used.bytes;
  out.file_bytes = m_env->file_bytes();
  PK_ASSIGN(out.bytes_max, bytes_max(txn));
  PK_ASSIGN(out.oldest_ms, end_of_order(txn, false));
  PK_ASSIGN(out.newest_ms, end_of_order(txn, true));
  PK_ASSIGN(out.counters, counters(txn));
  return out;
}

Result<std::uint64_t> LocalAdmin::clear() {
  PK_ASSIGN(LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::write));
  PK_ASSIGN(const std::uint64_t count, clear_rows(txn));
  PK_TRY(txn.commit());
  return count;
}

Result<std::uint64_t> LocalAdmin::remove_log(const Uuid& log_id) {
  PK_ASSIGN(LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::write));
  PK_ASSIGN(const auto key, key_of_log(txn, log_id));
  if (!key) return std::uint64_t{0};
  PK_ASSIGN(const bool removed, remove_row(txn, *key));
  PK_TRY(txn.commit());
  return std::uint64_t{removed ? 1u : 0u};
}

Result<std::uint64_t> LocalAdmin::remove_prefix(std::string_view key_prefix) {
  std::uint64_t count = 0;
  while (!key_prefix.empty()) {
    PK_ASSIGN(LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::write));
    PK_ASSIGN(const auto keys, keys_with(txn, key_prefix));
    for (const Key& key : keys) PK_TRY(remove_row(txn, key));
    PK_TRY(txn.commit());
    count += keys.size();
    if (keys.size() < k_batch_entries_max) break;
  }
  return count;
}

Result<std::optional<LocalAdmin::Found>> LocalAdmin::of_log(const Uuid& log_id, Parts parts) const {
  PK_ASSIGN(const LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::read));
  PK_ASSIGN(const auto key, key_of_log(txn, log_id));
  if (!key) return std::optional<Found>();
  PK_ASSIGN(const auto value, txn.get(Table::entries, view_of(*key)));
  if (!value) return std::optional<Found>();
  PK_ASSIGN(Entry entry, decode(*value, parts));
  return std::optional(Found{*key, std::move(entry)});
}

Result<void> LocalAdmin::newest(std::int64_t before_ms, std::size_t entries_max,
                                const std::function<bool(const Found&)>& f) const {
  PK_ASSIGN(const LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::read));
  PK_ASSIGN(LocalCursor cursor, LocalCursor::open(txn, Table::order));
  PK_ASSIGN(bool found, cursor.seek_before(timed_key(before_ms + 1, {})));
  for (std::size_t i = 0; found && i < entries_max; ++i) {
    PK_ASSIGN(const Timed timed, read_timed(cursor.key()));
    PK_ASSIGN(const auto value, txn.get(Table::entries, view_of(timed.key)));
    if (value) {
      PK_ASSIGN(Entry entry, decode(*value, Parts::without_body));
      if (!f(Found{timed.key, std::move(entry)})) return {};
    }
    PK_ASSIGN(found, cursor.previous());
  }
  return {};
}

}  // namespace pk::cache
