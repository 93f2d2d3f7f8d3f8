// The ledger's file: one LMDB environment, checked before it is mapped. Format: lib/store/FORMAT.md.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/locks.h"

struct MDB_env;

namespace pk::store {

inline constexpr std::uint32_t k_format = 1;
inline constexpr std::string_view k_ledger_file = "ledger.mdb";

enum class Mode { read_write, read_only };

// The tables of FORMAT.md, in the order of their names there.
enum class Table : std::uint8_t {
  meta,
  records,
  requests,
  responses,
  open,
  traces,
  nodes,
  refs,
  feedback,
  feedback_traces,
  counters,
  configs,
  virtual_keys,
  keys,
  prompts,
  shares,
  share_logs,
  changes,
  columns
};
inline constexpr std::size_t k_tables = 19;

// How long transactions stand back at most for one who wants that none runs.
inline constexpr std::chrono::milliseconds k_turn_wait{50};

struct EnvSize {
  std::uint64_t file_bytes = 0;
  std::uint64_t used_bytes = 0;  // pages that hold something; the rest is free for reuse
};

// Any thread. One environment per file per process (LMDB's rule: a second one would lose the first one's
// locks): share the pointer. Not to be used across a fork: the child opens its own.
class Env {
 public:
  // Opens DIR/ledger.mdb; read_write makes DIR (0700) and the file (0600) if they are not there.
  // not_found: read_only and no ledger yet (a lister shows nothing). invalid: open already in this process,
  // or a newer format. corrupt: damaged, with what to do. unauthorized, io, limit: what the system said.
  // read_only works in a folder that cannot be written, then without locks: rows are still checked by their
  // sums.
  static Result<std::shared_ptr<Env>> open(const std::filesystem::path& dir, Mode mode);

  // Reads meta pages and file length, maps nothing. Nothing wrong, or no file: ok.
  static Result<void> check_file(const std::filesystem::path& dir);

  ~Env();
  Env(const Env&) = delete;
  Env& operator=(const Env&) = delete;

  const std::filesystem::path& dir() const { return m_dir; }
  Mode mode() const { return m_mode; }

  // Grows with each transaction, whichever process wrote it. Cheap.
  std::uint64_t last_txn() const;
  Result<EnvSize> size() const;

  // Writes a consistent copy to `file` (0600, must not exist) while others write. It pins old pages: the
  // ledger may grow by what is written meanwhile. `compact` leaves out free pages and takes longer.
  Result<void> copy_to(const std::filesystem::path& file, bool compact) const;

  // For this room (store/txn.h). A table is absent only in a read_only environment of a ledger that never had
  // it.
  MDB_env* raw() const { return m_env; }
  std::optional<unsigned> table(Table table) const;
  static std::string_view name_of(Table table);
  std::shared_mutex& transactions() const { return m_transactions; }
  // Where somebody wants transactions() alone, each new one lets them go first, for k_turn_wait at most: its
  // thread may have another one open, which they wait for.
  void wait_turn() const;
  // Transactions() alone; nothing if there was no such moment within `wait`.
  std::unique_lock<std::shared_mutex> take_turn(std::chrono::milliseconds wait) const;

  // For compact(): no other process has the ledger open, or can open it; false while one has.
  Result<bool> use_alone();
  void share_use();
  // Puts the file of `next`, which is on the same disk, in this one's place and goes on over it; `next` keeps
  // the old one, which has no name any more. The caller uses this alone and holds transactions() alone.
  Result<void> take_file_of(Env& next);

 private:
  Env() = default;
  Result<void> map();
  Result<void> open_tables();
  Result<void> find_tables();
  Result<void> make_tables();

  std::filesystem::path m_dir;
  Mode m_mode = Mode::read_only;
  MDB_env* m_env = nullptr;
  std::array<std::optional<unsigned>, k_tables> m_tables{};
  std::optional<UseLock> m_use;
  std::uint64_t m_txns_before = 0;  // of the files that this one took the place of
  std::string m_claim;              // this file in the process-wide list of open ledgers
  mutable std::timed_mutex m_turn;
  mutable std::atomic<bool> m_turn_wanted = false;
  mutable std::shared_mutex m_transactions;  // shared by each transaction; alone to take over a grown map
};

}  // namespace pk::store
