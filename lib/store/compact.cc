#include "store/compact.h"

#include <lmdb.h>

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "store/journal.h"
#include "store/locks.h"
#include "store/openers.h"
#include "store/txn.h"

namespace pk::store {

namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds k_alone_step{20};
constexpr std::uint64_t k_sync_bytes = 32'000'000;
constexpr std::string_view k_workshop = "compacting";  // the folder of the new file

std::uint64_t length_of(const std::filesystem::path& file) {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(file, ignored);
  return ignored ? 0 : size;
}

void clear_away(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

// The claim that no other process has the ledger open; it ends with the object.
class Alone {
 public:
  explicit Alone(Env& env) : m_env(&env) {}
  Alone(Alone&& other) noexcept : m_env(std::exchange(other.m_env, nullptr)) {}
  Alone& operator=(Alone&&) = delete;
  ~Alone() {
    if (m_env != nullptr) m_env->share_use();
  }

 private:
  Env* m_env;
};

// The order of things: from the first round on each change is noted, so that it does not matter when a page
// of rows is copied. Rounds are then copied after it, ever smaller ones, and the last while nobody changes
// anything.
class Compaction {
 public:
  Compaction(Env& env, const CompactOptions& options)
      : m_env(env), m_options(options), m_folder(env.dir() / k_workshop) {}

  Result<CompactReport> run() {
    CompactReport report;
    report.bytes_before = length_of(m_env.dir() / k_ledger_file);
    clear_away(m_folder);  // of a run that was cut off
    const Result<void> done = move_over(report);
    m_next.reset();
    clear_away(m_folder);
    if (!done) {
      static_cast<void>(end_journal(m_env));  // where this fails too, the next writer does it
      return done.error();
    }
    report.bytes_after = length_of(m_env.dir() / k_ledger_file);
    return report;
  }

 private:
  Result<void> move_over(CompactReport& report) {
    PK_ASSIGN(m_next, Env::open(m_folder, Mode::read_write));
    // Nothing counts on the new file before it is whole; then it is synced.
    mdb_env_set_flags(m_next->raw(), MDB_NOSYNC, 1);
    PK_TRY(begin_round(m_env, m_round));
    for (std::size_t i = 0; i < k_tables; ++i)
      if (static_cast<Table>(i) != Table::changes) PK_TRY(copy_table(static_cast<Table>(i)));
    PK_TRY(catch_up());
    PK_ASSIGN(const Alone alone, be_alone());
    PK_TRY(catch_up());
    PK_TRY(sync());
    mdb_env_set_flags(m_next->raw(), MDB_NOSYNC, 0);
    return change_over(report);
  }

  Result<void> copy_table(Table table) {
    std::string after;
    for (bool more = true; more;) {
      PK_TRY(may_go_on());
      PK_ASSIGN(more, copy_page(table, after));
    }
    return {};
  }

  // False at the table's end; `after` is the last key that was copied, "" at its beginning.
  Result<bool> copy_page(Table table, std::string& after) {
    PK_ASSIGN(const ReadTxn from, ReadTxn::begin(m_env));
    PK_ASSIGN(WriteTxn to, WriteTxn::begin(*m_next));
    PK_ASSIGN(Cursor cursor, Cursor::open(from, table));
    PK_ASSIGN(bool more, after.empty() ? cursor.first() : cursor.seek(after));
    if (more && cursor.key() == after) {
      PK_ASSIGN(more, cursor.next());
    }
    std::size_t rows = 0, bytes = 0;
    for (; more && rows < k_copy_page_rows && bytes < k_copy_page_bytes; ++rows) {
      after = cursor.key();
      bytes += after.size() + cursor.value().size();
      // A new ledger has rows of its own in `meta`; the others are empty, and take their keys in order.
      if (table != Table::meta)
        PK_TRY(to.append(table, after, cursor.value()));
      else if (after != k_round_name)
        PK_TRY(to.put(table, after, cursor.value()));
      PK_ASSIGN(more, cursor.next());
    }
    PK_TRY(to.commit());
    PK_TRY(count_unsynced(bytes));
    return more;
  }

  // A little at a time: one great sync at the end would make those of the server wait behind it.
  Result<void> count_unsynced(std::size_t bytes) {
    m_unsynced += bytes;
    return m_unsynced < k_sync_bytes ? Result<void>() : sync();
  }
  Result<void> sync() {
    m_unsynced = 0;
    const int code = mdb_env_sync(m_next->raw(), 1);
    return code == 0 ? Result<void>() : mdb_error("cannot write the compacted ledger", code);
  }

  // Until so few changes are left that they can be copied while transactions wait.
  Result<void> catch_up() {
    for (unsigned i = 0; i < k_rounds_max; ++i) {
      PK_TRY(begin_round(m_env, m_round + 1));
      PK_ASSIGN(const std::uint64_t changes, replay(m_round++, false));
      if (changes <= k_last_round_max) return {};
    }
    return Error{Errc::limit, "it changes faster than it can be copied: try again when there is less to do"};
  }

  // Copies the keys of a round as they are now. How many there were.
  Result<std::uint64_t> replay(std::uint32_t round, bool alone) {
    std::uint64_t changes = 0;
    std::string after = journal_key(round, Table{}, "");
    for (bool more = true; more;) {
      if (!alone) PK_TRY(may_go_on());
      PK_ASSIGN(const ReadTxn from, alone ? ReadTxn::begin_alone(m_env) : ReadTxn::begin(m_env));
      PK_ASSIGN(more, replay_page(from, round, after, changes));
    }
    return changes;
  }

  Result<bool> replay_page(const ReadTxn& from, std::uint32_t round, std::string& after,
                           std::uint64_t& changes) {
    PK_ASSIGN(WriteTxn to, WriteTxn::begin(*m_next));
    PK_ASSIGN(Cursor cursor, Cursor::open(from, Table::changes));
    PK_ASSIGN(bool more, cursor.seek(after));
    if (more && cursor.key() == after) {
      PK_ASSIGN(more, cursor.next());
    }
    std::size_t rows = 0, bytes = 0;
    for (; more && rows < k_copy_page_rows && bytes < k_copy_page_bytes; ++rows) {
      const auto change = change_of(round, cursor.key());
      if (!change) {
        more = false;
        break;
      }
      after = cursor.key();
      PK_ASSIGN(const auto value, from.get(change->table, change->key));
      bytes += value ? value->size() : 0;
      PK_TRY(value ? to.put(change->table, change->key, *value) : dropped(to, *change));
      PK_ASSIGN(more, cursor.next());
    }
    changes += rows;
    PK_TRY(to.commit());
    return more;
  }

  static Result<void> dropped(WriteTxn& txn, const Change& change) {
    PK_TRY(txn.remove(change.table, change.key));
    return {};
  }

  Result<void> may_go_on() const {
    if (!m_options.go_on || m_options.go_on()) return {};
    return Error{Errc::cancelled, "it was given up before its end; the ledger is as it was"};
  }

  Result<Alone> be_alone() {
    const auto until = Steady::now() + m_options.patience;
    while (true) {
      PK_ASSIGN(const bool alone, m_env.use_alone());
      if (alone) return Alone(m_env);
      PK_TRY(may_go_on());
      if (Steady::now() >= until) return in_the_way();
      std::this_thread::sleep_for(k_alone_step);
    }
  }

  Error in_the_way() const {
    const std::string who = openers_text(m_env.dir() / k_ledger_file);
    return Error{Errc::unauthorized, (who.empty() ? "another process has it open" : who + " has it open") +
                                         ": end that and try again; the ledger is as it was"};
  }

  Result<void> change_over(CompactReport& report) {
    const std::unique_lock alone = m_env.take_turn(m_options.gap_wait);
    if (!alone) return Error{Errc::timeout, "it is read without a pause, as for a backup: try again later"};
    const auto since = Steady::now();
    PK_TRY(replay(m_round, true));
    PK_TRY(m_env.take_file_of(*m_next));
    report.held = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - since);
    return {};
  }

  Env& m_env;
  const CompactOptions& m_options;
  const std::filesystem::path m_folder;
  std::shared_ptr<Env> m_next;
  std::uint32_t m_round = 1;
  std::uint64_t m_unsynced = 0;
};

}  // namespace

Result<CompactReport> compact(Env& env, const CompactOptions& options) {
  Result<FileLock> lock = take_compact_lock(env.dir());
  if (!lock) return std::move(lock).error();
  Result<CompactReport> report = Compaction(env, options).run();
  if (!report) return std::move(report).error().within("the ledger was not compacted");
  return report;
}

}  // namespace pk::store
