#include "cache/local_env.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>

#include "cache/local_rows.h"
#include "store/locks.h"
#include "store/meta_page.h"
#include "store/probe.h"
#include "store/txn.h"
#include "store/wire.h"

namespace pk::cache {

namespace {

namespace fs = std::filesystem;

constexpr unsigned k_readers_max = 512;
constexpr unsigned k_tables_max = 16;  // with room for those to come
constexpr std::array<const char*, k_cache_tables> k_names = {"meta",   "entries", "order",
                                                             "expiry", "ids",     "counters"};

fs::path file_of(const fs::path& dir) {
  return dir / k_cache_file;
}

// Which run of the kernel this is: what it has in memory is written down as long as it lives.
std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

// A file that is there and names another run, or none, was not synced in time.
bool may_be_torn(const fs::path& dir) {
  std::ifstream file(dir / k_boot_file);
  if (!file) return false;
  std::string id;
  std::getline(file, id);
  return id.empty() || id != boot_id();
}

bool is_same_file(int fd, const fs::path& path) {
  struct stat open {
  }, named{};
  return fstat(fd, &open) == 0 && stat(path.c_str(), &named) == 0 && open.st_ino == named.st_ino &&
         open.st_dev == named.st_dev;
}

// On disk before the first commit is. Held shared: a server that drains and the next one may have the file
// open at the same time, and the last of them is the one that vouches for it.
Result<store::FileLock> mark_unsynced(const fs::path& dir) {
  const fs::path path = dir / k_boot_file;
  const auto failed = [&] { return errno_error("cannot write " + path.string(), errno); };
  while (true) {
    store::FileLock file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (file.fd() < 0 || flock(file.fd(), LOCK_SH) != 0) return failed();
    if (!is_same_file(file.fd(), path)) continue;  // the one before has just removed it
    const std::string id = boot_id() + "\n";
    const auto size = static_cast<ssize_t>(id.size());
    if (pwrite(file.fd(), id.data(), id.size(), 0) != size || ftruncate(file.fd(), size) != 0 ||
        fsync(file.fd()) != 0)
      return failed();
    const store::FileLock folder(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.fd() >= 0) fsync(folder.fd());
    return file;
  }
}

void remove_files(const fs::path& dir) {
  std::error_code ignored;
  fs::remove(file_of(dir), ignored);
  fs::remove(file_of(dir).string() + "-lock", ignored);
  fs::remove(dir / k_boot_file, ignored);
}

Result<void> make_dir(const fs::path& dir) {
  std::error_code ignored;
  if (dir.has_parent_path()) fs::create_directories(dir.parent_path(), ignored);
  if (mkdir(dir.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return errno_error("cannot make the data folder " + dir.string(), errno);
}

bool is_there(const fs::path& file) {
  return access(file.c_str(), F_OK) == 0;
}

// The store's own words tell to repair the ledger; here there is nothing to repair.
Error damaged(const fs::path& dir, std::string_view what) {
  return Error{Errc::corrupt, file_of(dir).string() + " is damaged (" + std::string(what) +
                                  "): the next `pk serve` makes it anew"};
}

}  // namespace

Result<std::unique_ptr<LocalEnv>> LocalEnv::open(const fs::path& dir, std::uint64_t map_bytes) {
  PK_TRY(make_dir(dir));
  std::string why;
  if (may_be_torn(dir)) why = "the machine went down while the cache was written to";
  if (why.empty() && is_there(file_of(dir)) && !look(dir)) why = "the cache's file was damaged";
  if (!why.empty()) remove_files(dir);
  auto env = map(dir, Use::serve, map_bytes);
  if (!env && (env.error().code == Errc::corrupt || env.error().code == Errc::invalid)) {
    why = std::move(env).error().message;
    env = make_anew(dir, map_bytes);
  }
  if (env) (*env)->m_remade = why;
  return env;
}

Result<std::unique_ptr<LocalEnv>> LocalEnv::make_anew(const fs::path& dir, std::uint64_t map_bytes) {
  remove_files(dir);
  return map(dir, Use::serve, map_bytes);
}

Result<std::unique_ptr<LocalEnv>> LocalEnv::visit(const fs::path& dir) {
  if (!is_there(file_of(dir))) return Error{Errc::not_found, "there is no cache in " + dir.string() + " yet"};
  if (may_be_torn(dir)) return damaged(dir, "the machine went down while it was written to");
  if (!store::check_meta_pages(file_of(dir))) return damaged(dir, "its first pages make no sense");
  return map(dir, Use::visit, 0);
}

// In a child: a page that LMDB cannot bear ends a process.
Result<void> LocalEnv::look(const fs::path& dir) {
  if (!store::check_meta_pages(file_of(dir))) return damaged(dir, "its first pages make no sense");
  const Result<int> ended = store::run_guarded([&dir] {
    if (FILE* null = fopen("/dev/null", "w")) dup2(fileno(null), STDERR_FILENO);  // LMDB's last words
    const auto env = map(dir, Use::look, 0);
    if (!env) return 1;
    const auto txn = LocalTxn::begin(**env, LocalTxn::Kind::read);
    return txn && check_newest(*txn, k_checked_entries) ? 0 : 1;
  });
  if (ended && *ended == 0) return {};
  return damaged(dir, "a page of it cannot be read");
}

Result<std::unique_ptr<LocalEnv>> LocalEnv::map(const fs::path& dir, Use use, std::uint64_t map_bytes) {
  std::unique_ptr<LocalEnv> env(new LocalEnv(dir, use));
  const std::string file = file_of(dir).string();
  const std::string what = "cannot open " + file;
  if (const int code = mdb_env_create(&env->m_env); code != 0) return store::mdb_error(what, code);
  mdb_env_set_maxdbs(env->m_env, k_tables_max);
  mdb_env_set_maxreaders(env->m_env, k_readers_max);
  if (map_bytes > 0) mdb_env_set_mapsize(env->m_env, map_bytes);
  unsigned flags = MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD;
  if (use == Use::serve) flags |= MDB_NOSYNC;
  if (use == Use::look) flags |= MDB_RDONLY;
  if (use == Use::serve) {
    PK_ASSIGN(env->m_boot, mark_unsynced(dir));
  }
  if (const int code = mdb_env_open(env->m_env, file.c_str(), flags, 0600); code != 0) {
    mdb_env_close(std::exchange(env->m_env, nullptr));
    return store::mdb_error(what, code);
  }
  env->forget_dead_readers();
  PK_TRY(env->open_tables());
  PK_TRY(env->check_format());
  return env;
}

Result<void> LocalEnv::open_tables() {
  PK_ASSIGN(LocalTxn txn,
            LocalTxn::begin(*this, m_use == Use::look ? LocalTxn::Kind::read : LocalTxn::Kind::write));
  for (std::size_t i = 0; i < k_cache_tables; ++i) {
    const unsigned flags = m_use == Use::look ? 0 : MDB_CREATE;
    if (const int code = mdb_dbi_open(txn.raw(), k_names[i], flags, &m_tables[i]); code != 0)
      return store::mdb_error("cannot open the cache's tables", code);
  }
  PK_ASSIGN(const auto format, txn.get(Table::meta, "format"));
  if (!format && m_use == Use::serve) {
    std::string bytes;
    store::append_fixed(bytes, k_cache_format);
    PK_TRY(txn.put(Table::meta, "format", bytes));
  }
  return txn.commit();
}

Result<void> LocalEnv::check_format() {
  PK_ASSIGN(const LocalTxn txn, LocalTxn::begin(*this, LocalTxn::Kind::read));
  PK_ASSIGN(const auto format, txn.get(Table::meta, "format"));
  if (format && store::WireReader(*format).fixed<std::uint32_t>() == k_cache_format) return {};
  return Error{Errc::invalid, file_of(m_dir).string() + " has a format that this pk does not know"};
}

LocalEnv::~LocalEnv() {
  if (m_env == nullptr) return;
  const bool last = m_use == Use::serve && flock(m_boot.fd(), LOCK_EX | LOCK_NB) == 0;
  const bool synced = last && mdb_env_sync(m_env, 1) == 0;
  mdb_env_close(m_env);
  std::error_code ignored;
  const fs::path path = m_dir / k_boot_file;
  if (synced && is_same_file(m_boot.fd(), path)) fs::remove(path, ignored);
}

std::uint64_t LocalEnv::file_bytes() const {
  std::error_code none;
  const auto size = fs::file_size(file_of(m_dir), none);
  return none ? 0 : size;
}

void LocalEnv::forget_dead_readers() const {
  int dead = 0;
  mdb_reader_check(m_env, &dead);
}

}  // namespace pk::cache
