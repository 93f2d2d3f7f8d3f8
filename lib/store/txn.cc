#include "store/txn.h"

#include <cerrno>
#include <mutex>
#include <string>
#include <utility>

#include "store/journal.h"

namespace pk::store {

namespace {

MDB_val val(std::string_view bytes) {
  return {bytes.size(), const_cast<char*>(bytes.data())};
}
std::string_view view(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

bool is_damage(int code) {
  return code == MDB_CORRUPTED || code == MDB_PAGE_NOTFOUND || code == MDB_INVALID ||
         code == MDB_CURSOR_FULL || code == MDB_INCOMPATIBLE || code == MDB_PANIC;
}

// Another process has a larger map: taken over while no transaction runs in this one.
void take_over_map(const Env& env) {
  const std::unique_lock alone(env.transactions());
  mdb_env_set_mapsize(env.raw(), 0);
}

}  // namespace

Error mdb_error(std::string_view what, int code) {
  if (code == ENOSPC) return Error{Errc::limit, "no space left on the disk"}.within(what);
  if (code > 0) return errno_error(what, code);
  Errc kind = Errc::io;
  if (is_damage(code)) kind = Errc::corrupt;
  if (code == MDB_MAP_FULL || code == MDB_READERS_FULL || code == MDB_TXN_FULL) kind = Errc::limit;
  if (code == MDB_BAD_VALSIZE) kind = Errc::invalid;
  return Error{kind, std::string(what) + ": " + mdb_strerror(code)};
}

Txn::Txn(Txn&& other) noexcept
    : m_env(other.m_env), m_txn(std::exchange(other.m_txn, nullptr)), m_hold(std::move(other.m_hold)) {}

Txn::~Txn() {
  if (m_txn != nullptr) mdb_txn_abort(m_txn);
}

Result<MDB_txn*> Txn::begin_raw(const Env& env, unsigned flags, std::shared_lock<std::shared_mutex>& hold) {
  MDB_txn* txn = nullptr;
  env.wait_turn();
  hold = std::shared_lock(env.transactions());
  int code = mdb_txn_begin(env.raw(), nullptr, flags, &txn);
  if (code == MDB_READERS_FULL) {  // slots of processes that died
    int dead = 0;
    mdb_reader_check(env.raw(), &dead);
    code = mdb_txn_begin(env.raw(), nullptr, flags, &txn);
  }
  if (code == MDB_MAP_RESIZED) {
    hold.unlock();
    take_over_map(env);
    hold.lock();
    code = mdb_txn_begin(env.raw(), nullptr, flags, &txn);
  }
  if (code != 0) return mdb_error("cannot begin a transaction of the ledger", code);
  return txn;
}

Result<std::optional<std::string_view>> Txn::get(Table table, std::string_view key) const {
  using Found = std::optional<std::string_view>;
  const auto dbi = m_env->table(table);
  if (!dbi) return Found{};
  MDB_val k = val(key);
  MDB_val v{};
  const int code = mdb_get(m_txn, *dbi, &k, &v);
  if (code == MDB_NOTFOUND) return Found{};
  if (code != 0) return mdb_error("cannot read the ledger", code);
  return Found{view(v)};
}

Result<std::uint64_t> Txn::entries(Table table) const {
  const auto dbi = m_env->table(table);
  if (!dbi) return std::uint64_t{0};
  MDB_stat stat{};
  if (const int code = mdb_stat(m_txn, *dbi, &stat); code != 0)
    return mdb_error("cannot read the ledger", code);
  return std::uint64_t{stat.ms_entries};
}

Result<std::uint64_t> Txn::free_lists() const {
  MDB_stat stat{};
  if (const int code = mdb_stat(m_txn, 0, &stat); code != 0)
    return mdb_error("cannot read the ledger's free list", code);
  return std::uint64_t{stat.ms_entries};
}

Result<ReadTxn> ReadTxn::begin(const Env& env) {
  std::shared_lock<std::shared_mutex> hold;
  PK_ASSIGN(MDB_txn * txn, begin_raw(env, MDB_RDONLY, hold));
  return ReadTxn(env, txn, std::move(hold));
}

Result<ReadTxn> ReadTxn::begin_alone(const Env& env) {
  MDB_txn* txn = nullptr;
  const int code = mdb_txn_begin(env.raw(), nullptr, MDB_RDONLY, &txn);
  if (code != 0) return mdb_error("cannot begin a transaction of the ledger", code);
  return ReadTxn(env, txn, {});
}

// Ended, not reset: a handle would hang on a file that may be another when it goes on.
void ReadTxn::rest() {
  mdb_txn_abort(std::exchange(m_txn, nullptr));
  m_hold.unlock();
}

Result<void> ReadTxn::renew() {
  PK_ASSIGN(m_txn, begin_raw(*m_env, MDB_RDONLY, m_hold));
  return {};
}

Result<WriteTxn> WriteTxn::begin(Env& env) {
  if (env.mode() == Mode::read_only) return Error{Errc::unauthorized, "the ledger is open for reading only"};
  std::shared_lock<std::shared_mutex> hold;
  PK_ASSIGN(MDB_txn * txn, begin_raw(env, 0, hold));
  WriteTxn begun(env, txn, std::move(hold));
  PK_ASSIGN(begun.m_round, begin_noting(begun));
  return begun;
}

Result<int> WriteTxn::put_as(Table table, std::string_view key, std::string_view value, unsigned flags) {
  MDB_val k = val(key);
  MDB_val v = val(value);
  const int code = mdb_put(m_txn, *m_env->table(table), &k, &v, flags);
  if (code == MDB_KEYEXIST) return code;
  if (code != 0) return mdb_error("cannot write to the ledger", code);
  PK_TRY(note(table, key));
  return code;
}

Result<void> WriteTxn::note(Table table, std::string_view key) {
  if (!m_round || (table == Table::meta && key == k_round_name)) return {};
  const std::string entry = journal_key(*m_round, table, key);
  MDB_val k = val(entry);
  MDB_val v = val({});
  const int code = mdb_put(m_txn, *m_env->table(Table::changes), &k, &v, 0);
  if (code != 0) return mdb_error("cannot write to the ledger", code);
  return {};
}

Result<void> WriteTxn::put(Table table, std::string_view key, std::string_view value) {
  PK_TRY(put_as(table, key, value, 0));
  return {};
}

Result<bool> WriteTxn::put_new(Table table, std::string_view key, std::string_view value) {
  PK_ASSIGN(const int code, put_as(table, key, value, MDB_NOOVERWRITE));
  return code == 0;
}

Result<void> WriteTxn::append(Table table, std::string_view key, std::string_view value) {
  PK_ASSIGN(const int code, put_as(table, key, value, MDB_APPEND));
  if (code == 0) return {};
  return Error{Errc::corrupt, "the keys of a table are out of order: see pk verify"};
}

Result<bool> WriteTxn::remove(Table table, std::string_view key) {
  MDB_val k = val(key);
  const int code = mdb_del(m_txn, *m_env->table(table), &k, nullptr);
  if (code == MDB_NOTFOUND) return false;
  if (code != 0) return mdb_error("cannot write to the ledger", code);
  PK_TRY(note(table, key));
  return true;
}

Result<void> WriteTxn::clear(Table table) {
  const auto dbi = m_env->table(table);
  if (!dbi) return {};
  const int code = mdb_drop(m_txn, *dbi, 0);
  if (code != 0) return mdb_error("cannot write to the ledger", code);
  return {};
}

Result<void> WriteTxn::commit() {
  const int code = mdb_txn_commit(std::exchange(m_txn, nullptr));
  if (code != 0) return mdb_error("cannot write the ledger to disk", code);
  return {};
}

Result<Cursor> Cursor::open(const Txn& txn, Table table) {
  MDB_cursor* cursor = nullptr;
  if (const auto dbi = txn.env().table(table)) {
    const int code = mdb_cursor_open(txn.raw(), *dbi, &cursor);
    if (code != 0) return mdb_error("cannot read the ledger", code);
  }
  return Cursor(cursor);
}

Result<Cursor> Cursor::open_free_list(const Txn& txn) {
  MDB_cursor* cursor = nullptr;
  const int code = mdb_cursor_open(txn.raw(), 0, &cursor);
  if (code != 0) return mdb_error("cannot read the ledger's free list", code);
  return Cursor(cursor);
}

Cursor::Cursor(Cursor&& other) noexcept
    : m_cursor(std::exchange(other.m_cursor, nullptr)), m_key(other.m_key), m_value(other.m_value) {}

Cursor::~Cursor() {
  if (m_cursor != nullptr) mdb_cursor_close(m_cursor);
}

Result<bool> Cursor::move(MDB_cursor_op op, std::string_view key) {
  if (m_cursor == nullptr) return false;
  MDB_val k = val(key);
  MDB_val v{};
  const int code = mdb_cursor_get(m_cursor, &k, &v, op);
  if (code == MDB_NOTFOUND) return false;
  if (code != 0) return mdb_error("cannot read the ledger", code);
  m_key = view(k);
  m_value = view(v);
  return true;
}

Result<bool> Cursor::seek(std::string_view key) {
  return move(MDB_SET_RANGE, key);
}

Result<bool> Cursor::seek_before(std::string_view key) {
  PK_ASSIGN(const bool found, seek(key));
  return found ? previous() : last();
}

}  // namespace pk::store
