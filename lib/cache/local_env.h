// The cache's file: one LMDB environment of its own, so that its churn neither bloats nor blocks the ledger.
// Its commits are not synced: whatever a power cut may have damaged is not read again but made anew, which is
// all that a cache loses. Internal to this room. Format: lib/cache/FORMAT.md.
#pragma once

#include <lmdb.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "store/locks.h"

namespace pk::cache {

inline constexpr std::string_view k_cache_file = "cache.mdb";
inline constexpr std::string_view k_boot_file = "cache.boot";  // there while a server writes unsynced
inline constexpr std::uint32_t k_cache_format = 1;

enum class Table : std::uint8_t { meta, entries, order, expiry, ids, counters };
inline constexpr std::size_t k_cache_tables = 6;

// Any thread. One environment per file per process (LMDB's rule).
class LocalEnv {
 public:
  // For who serves DIR: makes folder and file; a file that is damaged, of another format, or
  // was written to when the machine went down is removed and made anew, and remade() says why. It is first
  // read in a child process: call it before threads start. `map_bytes`: what the file may grow to.
  static Result<std::unique_ptr<LocalEnv>> open(const std::filesystem::path& dir, std::uint64_t map_bytes);
  // The same without the look in a child, which needs a process without threads.
  static Result<std::unique_ptr<LocalEnv>> make_anew(const std::filesystem::path& dir,
                                                     std::uint64_t map_bytes);
  // For any other process, beside the server or without one; what it commits is synced. not_found: no cache
  // yet. corrupt: the next server makes it anew. A damaged page can end the process: run it in a child
  // (store/probe.h).
  static Result<std::unique_ptr<LocalEnv>> visit(const std::filesystem::path& dir);

  // Of the last server that has it open: syncs, so that the next one trusts the file.
  ~LocalEnv();
  LocalEnv(const LocalEnv&) = delete;
  LocalEnv& operator=(const LocalEnv&) = delete;

  const std::string& remade() const { return m_remade; }  // "" if it was taken as it was
  std::uint64_t file_bytes() const;
  // Its end does not sync: the file is to be made anew.
  void give_up() { m_use = Use::look; }
  // Frees the slots of readers that died: theirs keep pages from being used again.
  void forget_dead_readers() const;

  MDB_env* raw() const { return m_env; }
  MDB_dbi table(Table table) const { return m_tables[static_cast<std::size_t>(table)]; }

 private:
  enum class Use { serve, visit, look };
  LocalEnv(std::filesystem::path dir, Use use) : m_dir(std::move(dir)), m_use(use) {}
  static Result<std::unique_ptr<LocalEnv>> map(const std::filesystem::path& dir, Use use,
                                               std::uint64_t map_bytes);
  static Result<void> look(const std::filesystem::path& dir);
  Result<void> open_tables();
  Result<void> check_format();

  std::filesystem::path m_dir;
  Use m_use;
  MDB_env* m_env = nullptr;
  std::array<MDB_dbi, k_cache_tables> m_tables{};
  std::string m_remade;
  store::FileLock m_boot;  // on k_boot_file, of a server
};

// One transaction, on one thread; without commit() it is undone. Views are good until it ends or changes.
class LocalTxn {
 public:
  enum class Kind { read, write };
  static Result<LocalTxn> begin(const LocalEnv& env, Kind kind);
  LocalTxn(LocalTxn&& other) noexcept : m_env(other.m_env), m_txn(std::exchange(other.m_txn, nullptr)) {}
  LocalTxn& operator=(LocalTxn&&) = delete;
  ~LocalTxn();

  Result<std::optional<std::string_view>> get(Table table, std::string_view key) const;
  Result<std::uint64_t> entries(Table table) const;
  Result<void> put(Table table, std::string_view key, std::string_view value);
  Result<bool> remove(Table table, std::string_view key);  // false: it was not there
  Result<void> clear(Table table);
  Result<void> commit();

  MDB_txn* raw() const { return m_txn; }
  const LocalEnv& env() const { return *m_env; }

 private:
  LocalTxn(const LocalEnv& env, MDB_txn* txn) : m_env(&env), m_txn(txn) {}
  const LocalEnv* m_env;
  MDB_txn* m_txn;
};

// Gone before its transaction is.
class LocalCursor {
 public:
  static Result<LocalCursor> open(const LocalTxn& txn, Table table);
  LocalCursor(LocalCursor&& other) noexcept
      : m_cursor(std::exchange(other.m_cursor, nullptr)), m_key(other.m_key), m_value(other.m_value) {}
  LocalCursor& operator=(LocalCursor&&) = delete;
  ~LocalCursor();

  // False: there is none.
  Result<bool> first() { return move(MDB_FIRST, {}); }
  Result<bool> last() { return move(MDB_LAST, {}); }
  Result<bool> next() { return move(MDB_NEXT, {}); }
  Result<bool> previous() { return move(MDB_PREV, {}); }
  Result<bool> seek(std::string_view key) {  // at or after it
    return key.empty() ? first() : move(MDB_SET_RANGE, key);
  }
  Result<bool> seek_before(std::string_view key);  // before it

  std::string_view key() const { return m_key; }
  std::string_view value() const { return m_value; }

 private:
  explicit LocalCursor(MDB_cursor* cursor) : m_cursor(cursor) {}
  Result<bool> move(MDB_cursor_op op, std::string_view key);

  MDB_cursor* m_cursor;
  std::string_view m_key;
  std::string_view m_value;
};

}  // namespace pk::cache
