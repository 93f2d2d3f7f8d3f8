#include <cerrno>

#include "cache/local_env.h"
#include "store/txn.h"

namespace pk::cache {

namespace {

constexpr std::string_view k_cannot_read = "cannot read the cache";
constexpr std::string_view k_cannot_write = "cannot write the cache";

MDB_val val(std::string_view bytes) {
  return {bytes.size(), const_cast<char*>(bytes.data())};
}
std::string_view view(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

// limit is a file as large as it may be, which evicting helps; a full disk is not.
Error cache_error(std::string_view what, int code) {
  Error error = store::mdb_error(what, code);
  if (code == ENOSPC || code == EDQUOT) error.code = Errc::io;
  return error;
}

}  // namespace

Result<LocalTxn> LocalTxn::begin(const LocalEnv& env, Kind kind) {
  const unsigned flags = kind == Kind::read ? MDB_RDONLY : 0;
  MDB_txn* txn = nullptr;
  int code = mdb_txn_begin(env.raw(), nullptr, flags, &txn);
  if (code == MDB_READERS_FULL) {
    env.forget_dead_readers();
    code = mdb_txn_begin(env.raw(), nullptr, flags, &txn);
  }
  if (code != 0) return cache_error("cannot begin a transaction of the cache", code);
  return LocalTxn(env, txn);
}

LocalTxn::~LocalTxn() {
  if (m_txn != nullptr) mdb_txn_abort(m_txn);
}

Result<std::optional<std::string_view>> LocalTxn::get(Table table, std::string_view key) const {
  MDB_val k = val(key);
  MDB_val v{};
  const int code = mdb_get(m_txn, m_env->table(table), &k, &v);
  if (code == MDB_NOTFOUND) return std::optional<std::string_view>();
  if (code != 0) return cache_error(k_cannot_read, code);
  return std::optional(view(v));
}

Result<std::uint64_t> LocalTxn::entries(Table table) const {
  MDB_stat stat{};
  if (const int code = mdb_stat(m_txn, m_env->table(table), &stat); code != 0)
    return cache_error(k_cannot_read, code);
  return std::uint64_t{stat.ms_entries};
}

Result<void> LocalTxn::put(Table table, std::string_view key, std::string_view value) {
  MDB_val k = val(key);
  MDB_val v = val(value);
  if (const int code = mdb_put(m_txn, m_env->table(table), &k, &v, 0); code != 0)
    return cache_error(k_cannot_write, code);
  return {};
}

Result<bool> LocalTxn::remove(Table table, std::string_view key) {
  MDB_val k = val(key);
  const int code = mdb_del(m_txn, m_env->table(table), &k, nullptr);
  if (code == MDB_NOTFOUND) return false;
  if (code != 0) return cache_error(k_cannot_write, code);
  return true;
}

Result<void> LocalTxn::clear(Table table) {
  if (const int code = mdb_drop(m_txn, m_env->table(table), 0); code != 0)
    return cache_error(k_cannot_write, code);
  return {};
}

Result<void> LocalTxn::commit() {
  if (const int code = mdb_txn_commit(std::exchange(m_txn, nullptr)); code != 0)
    return cache_error(k_cannot_write, code);
  return {};
}

Result<LocalCursor> LocalCursor::open(const LocalTxn& txn, Table table) {
  MDB_cursor* cursor = nullptr;
  if (const int code = mdb_cursor_open(txn.raw(), txn.env().table(table), &cursor); code != 0)
    return cache_error(k_cannot_read, code);
  return LocalCursor(cursor);
}

LocalCursor::~LocalCursor() {
  if (m_cursor != nullptr) mdb_cursor_close(m_cursor);
}

Result<bool> LocalCursor::move(MDB_cursor_op op, std::string_view key) {
  MDB_val k = val(key);
  MDB_val v{};
  const int code = mdb_cursor_get(m_cursor, &k, &v, op);
  if (code == MDB_NOTFOUND) return false;
  if (code != 0) return cache_error(k_cannot_read, code);
  m_key = view(k);
  m_value = view(v);
  return true;
}

Result<bool> LocalCursor::seek_before(std::string_view key) {
  PK_ASSIGN(const bool found, seek(key));
  return found ? previous() : last();
}

}  // namespace pk::cache
