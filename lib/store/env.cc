#include "store/env.h"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <thread>
#include <tuple>

#include "base/clock.h"
#include "base/guarded.h"
#include "store/meta_page.h"
#include "store/probe.h"
#include "store/txn.h"
#include "store/wire.h"

namespace pk::store {

namespace {

#ifdef PK_SANITIZED
constexpr std::size_t k_map_bytes = std::size_t{4} << 30;  // sanitizers keep shadows of address space
#else
constexpr std::size_t k_map_bytes = std::size_t{1} << 40;
#endif
constexpr std::size_t k_map_bytes_min = std::size_t{64} << 20;
constexpr std::chrono::microseconds k_turn_step{100};
constexpr unsigned k_readers_max = 1024;
constexpr unsigned k_tables_max = 32;  // with room for those kept for later

constexpr std::array<const char*, k_tables> k_names = {
    "meta",    "records",  "requests",        "responses", "open",    "traces",       "nodes",
    "refs",    "feedback", "feedback_traces", "counters",  "configs", "virtual_keys", "keys",
    "prompts", "shares",   "share_logs",      "changes",   "columns"};

// LMDB's rule, kept by a list: the same file twice in one process would, when one of them is closed, drop the
// locks of the other.
Guarded<std::set<std::string>>& open_ledgers() {
  static Guarded<std::set<std::string>> ledgers;
  return ledgers;
}

std::filesystem::path ledger_file(const std::filesystem::path& dir) {
  return dir / k_ledger_file;
}

std::string locks_of(const std::filesystem::path& file) {
  return file.string() + "-lock";
}

std::string claim_of(const std::filesystem::path& dir) {
  std::error_code ignored;
  return std::filesystem::weakly_canonical(ledger_file(dir), ignored).string();
}

bool is_there(const std::filesystem::path& file) {
  return access(file.c_str(), F_OK) == 0;
}

Result<void> make_dir(const std::filesystem::path& dir) {
  std::error_code ignored;
  if (dir.has_parent_path()) std::filesystem::create_directories(dir.parent_path(), ignored);
  if (mkdir(dir.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return errno_error("cannot make the data folder " + dir.string(), errno);
}

Result<MDB_env*> create_env(std::size_t map_bytes) {
  MDB_env* env = nullptr;
  if (const int code = mdb_env_create(&env); code != 0) return mdb_error("cannot open the ledger", code);
  mdb_env_set_maxdbs(env, k_tables_max);
  mdb_env_set_maxreaders(env, k_readers_max);
  mdb_env_set_mapsize(env, map_bytes);
  return env;
}

// A file that ends before the last page it knows of: either LMDB never wrote those pages, or the file was
// cut. A walk of all that is in use tells; then the file gets its length, so that the question does not come
// again.
Result<void> check_before_writing(const std::filesystem::path& dir) {
  std::uint64_t missing = 0;
  PK_TRY(check_meta_pages(ledger_file(dir), &missing));
  if (missing == 0) return {};
  PK_TRY(probe(dir, ProbeDepth::whole));
  const FileLock fd(::open(ledger_file(dir).c_str(), O_RDWR | O_CLOEXEC));
  struct stat file {};
  // posix_fallocate never shortens a file that another process made longer meanwhile. Without space: next
  // time.
  if (fd.fd() >= 0 && fstat(fd.fd(), &file) == 0)
    std::ignore = posix_fallocate(fd.fd(), file.st_size, static_cast<off_t>(missing) * sysconf(_SC_PAGESIZE));
  return {};
}

// All tables are made at once: where there are some and not the first, the page that names them is damaged,
// and this is no new ledger.
int lost_tables(MDB_txn* txn) {
  unsigned names = 0;
  MDB_stat stat{};
  if (const int code = mdb_dbi_open(txn, nullptr, 0, &names); code != 0) return code;
  if (const int code = mdb_stat(txn, names, &stat); code != 0) return code;
  return stat.ms_entries > 0 ? MDB_CORRUPTED : 0;
}

Error no_ledger_yet(const std::filesystem::path& dir) {
  return Error{Errc::not_found, "there is no ledger in " + dir.string() + " yet: `pk serve` makes it"};
}

}  // namespace

Result<void> Env::check_file(const std::filesystem::path& dir) {
  return check_meta_pages(ledger_file(dir));
}

Result<std::shared_ptr<Env>> Env::open(const std::filesystem::path& dir, Mode mode) {
  const bool writes = mode == Mode::read_write;
  if (writes) PK_TRY(make_dir(dir));
  if (!writes && !is_there(ledger_file(dir))) return no_ledger_yet(dir);
  // Before anything is looked at: the file may be about to be another.
  Result<UseLock> use = UseLock::share(dir, writes);
  if (!use && writes) return std::move(use).error();
  PK_TRY(writes ? check_before_writing(dir) : check_file(dir));
  std::shared_ptr<Env> env(new Env);
  env->m_dir = dir;
  env->m_mode = mode;
  const std::string claim = claim_of(dir);
  if (!open_ledgers().with([&](auto& ledgers) { return ledgers.insert(claim).second; }))
    return Error{Errc::invalid, ledger_file(dir).string() + " is open already in this process"};
  env->m_claim = claim;
  if (use) env->m_use.emplace(*std::move(use));
  PK_TRY(env->map());
  PK_TRY(env->open_tables());
  return env;
}

Result<void> Env::map() {
  const std::string file = ledger_file(m_dir).string();
  unsigned flags = MDB_NOSUBDIR | MDB_NOTLS | (m_mode == Mode::read_only ? MDB_RDONLY : 0);
  std::size_t map_bytes = k_map_bytes;
  while (true) {
    PK_ASSIGN(m_env, create_env(map_bytes));
    const int code = mdb_env_open(m_env, file.c_str(), flags, 0600);
    if (code == 0) break;
    mdb_env_close(m_env);
    m_env = nullptr;
    const bool locks_refused = code == EACCES || code == EROFS || code == EPERM;
    if (code == ENOMEM && map_bytes > k_map_bytes_min)
      map_bytes /= 4;  // a limit on address space
    else if (locks_refused && m_mode == Mode::read_only && !(flags & MDB_NOLOCK))
      flags |= MDB_NOLOCK;
    else
      return mdb_error("cannot open " + file, code);
  }
  int dead = 0;
  mdb_reader_check(m_env, &dead);  // a slot of a reader that died would keep pages from being reused
  return {};
}

Result<void> Env::open_tables() {
  PK_TRY(find_tables());
  const bool whole =
      std::all_of(m_tables.begin(), m_tables.end(), [](const auto& table) { return table.has_value(); });
  if (m_mode == Mode::read_write && !whole) PK_TRY(make_tables());
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(*this));
  PK_ASSIGN(const auto format, txn.get(Table::meta, "format"));
  const std::string file = ledger_file(m_dir).string();
  if (!format || format->size() != sizeof k_format) {
    // Made by another process this very moment: handles of tables that are not there would stay empty for
    // good.
    if (m_mode == Mode::read_only && !m_tables[0]) return no_ledger_yet(m_dir);
    return damaged_file(file, "it does not say its format");
  }
  const auto number = WireReader(*format).fixed<std::uint32_t>();
  if (number > k_format)
    return Error{Errc::invalid, file + " has format " + std::to_string(number) +
                                    ", and this pk knows formats up to " + std::to_string(k_format) +
                                    ": use a newer pk"};
  return {};
}

// Handles of tables opened in a transaction stay only if it is committed, a reading one too.
Result<void> Env::find_tables() {
  const std::shared_lock hold(m_transactions);
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(m_env, nullptr, MDB_RDONLY, &txn); code != 0)
    return mdb_error("cannot read the ledger", code);
  int failed = 0;
  for (std::size_t i = 0; i < k_tables && failed == 0; ++i) {
    unsigned dbi = 0;
    const int code = mdb_dbi_open(txn, k_names[i], 0, &dbi);
    if (code == 0) m_tables[i] = dbi;
    if (code != 0 && code != MDB_NOTFOUND) failed = code;
  }
  if (failed == 0 && !m_tables[0]) failed = lost_tables(txn);
  if (failed != 0) {
    mdb_txn_abort(txn);
    return damaged_file(ledger_file(m_dir).string(), mdb_strerror(failed));
  }
  mdb_txn_commit(txn);
  return {};
}

Result<void> Env::make_tables() {
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(*this));
  for (std::size_t i = 0; i < k_tables; ++i) {
    unsigned dbi = 0;
    if (const int code = mdb_dbi_open(txn.raw(), k_names[i], MDB_CREATE, &dbi); code != 0)
      return mdb_error("cannot make the ledger's tables", code);
    m_tables[i] = dbi;
  }
  std::string format;
  append_fixed(format, k_format);
  PK_ASSIGN(const bool fresh, txn.put_new(Table::meta, "format", format));
  std::string created;
  append_fixed(created, SystemClock().wall_ms());
  if (fresh) PK_TRY(txn.put(Table::meta, "created", created));
  return txn.commit();
}

Env::~Env() {
  if (m_env != nullptr) mdb_env_close(m_env);
  if (!m_claim.empty()) open_ledgers().with([&](auto& ledgers) { ledgers.erase(m_claim); });
}

std::optional<unsigned> Env::table(Table table) const {
  return m_tables[static_cast<std::size_t>(table)];
}

std::string_view Env::name_of(Table table) {
  return k_names[static_cast<std::size_t>(table)];
}

std::uint64_t Env::last_txn() const {
  // Not of mdb_env_info(): it tells of a transaction while its last page is still being synced, and until
  // that is done readers begin with the one before. Who looked at the ledger then would take what is new for
  // seen.
  const auto txn = ReadTxn::begin(*this);
  return txn ? m_txns_before + mdb_txn_id(txn->raw()) : 0;
}

void Env::wait_turn() const {
  if (!m_turn_wanted) return;
  static_cast<void>(std::unique_lock(m_turn, k_turn_wait));
}

std::unique_lock<std::shared_mutex> Env::take_turn(std::chrono::milliseconds wait) const {
  std::unique_lock alone(m_transactions, std::defer_lock);
  const auto until = std::chrono::steady_clock::now() + wait;
  while (!alone && std::chrono::steady_clock::now() < until) {
    const std::lock_guard turn(m_turn);
    m_turn_wanted = true;
    const auto standing = std::chrono::steady_clock::now() + k_turn_wait;
    while (!alone.try_lock() && std::chrono::steady_clock::now() < standing)
      std::this_thread::sleep_for(k_turn_step);
    m_turn_wanted = false;
  }
  return alone;
}

Result<bool> Env::use_alone() {
  return m_use ? m_use->take_alone() : Result<bool>(false);
}

void Env::share_use() {
  if (m_use) m_use->share_again();
}

// The data first: between the two renames, should the process end there, the locks' file is the old one, and
// whoever opens a ledger that nobody has open makes that anew.
Result<void> Env::take_file_of(Env& next) {
  const std::filesystem::path file = ledger_file(m_dir), fresh = ledger_file(next.m_dir);
  MDB_envinfo info{};
  mdb_env_info(m_env, &info);
  if (rename(fresh.c_str(), file.c_str()) != 0) return errno_error(file.string(), errno);
  const bool locks = rename(locks_of(fresh).c_str(), locks_of(file).c_str()) == 0;
  const int locks_errno = errno;
  m_txns_before += info.me_last_txnid;
  std::swap(m_env, next.m_env);
  std::swap(m_tables, next.m_tables);
  if (!locks) return errno_error(locks_of(file), locks_errno);
  const FileLock fd(::open(m_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.fd() >= 0 && fsync(fd.fd()) != 0) return errno_error(m_dir.string(), errno);
  return {};
}

Result<EnvSize> Env::size() const {
  EnvSize size;
  struct stat file {};
  if (stat(ledger_file(m_dir).c_str(), &file) == 0)
    size.file_bytes = static_cast<std::uint64_t>(file.st_size);
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(*this));
  for (const auto& dbi : m_tables) {
    MDB_stat stat{};
    if (!dbi || mdb_stat(txn.raw(), *dbi, &stat) != 0) continue;
    size.used_bytes += (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages) * stat.ms_psize;
  }
  return size;
}

Result<void> Env::copy_to(const std::filesystem::path& file, bool compact) const {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return errno_error(file.string(), errno);
  const std::shared_lock hold(m_transactions);
  int code = mdb_env_copyfd2(m_env, fd, compact ? MDB_CP_COMPACT : 0);
  if (code == 0 && fsync(fd) != 0) code = errno;
  ::close(fd);
  if (code == 0) return {};
  unlink(file.c_str());
  return mdb_error("cannot copy the ledger to " + file.string(), code);
}

}  // namespace pk::store
