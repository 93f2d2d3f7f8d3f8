#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "store/locks.h"
#include "store/meta_page.h"
#include "store/prune.h"
#include "store/txn.h"

namespace pk::store {

namespace {

constexpr std::size_t k_map_bytes_min = std::size_t{16} << 20;

std::uint64_t length_of(const std::filesystem::path& file) {
  struct stat stat {};
  return ::stat(file.c_str(), &stat) == 0 ? static_cast<std::uint64_t>(stat.st_size) : 0;
}

// Who has the ledger open, for the message.
Error in_the_way(const std::filesystem::path& dir, Error error) {
  const auto server = is_served(dir);
  if (server && *server)
    error.message =
        "`pk serve` (process " + std::to_string((*server)->pid) + ") has the ledger open: stop it first";
  return std::move(error).within("the ledger cannot be compacted");
}

// Not through Env: that would share the lock that is held alone here.
Result<void> copy_compact(const std::filesystem::path& from, const std::filesystem::path& to) {
  MDB_env* env = nullptr;
  if (const int code = mdb_env_create(&env); code != 0) return mdb_error("cannot open the ledger", code);
  mdb_env_set_mapsize(env, std::max<std::size_t>(length_of(from), k_map_bytes_min));
  int code = mdb_env_open(env, from.c_str(), MDB_NOSUBDIR | MDB_RDONLY | MDB_NOLOCK | MDB_NOTLS, 0600);
  const FileLock fd(code == 0 ? ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1);
  if (code == 0 && fd.fd() < 0) code = errno;
  if (code == 0) code = mdb_env_copyfd2(env, fd.fd(), MDB_CP_COMPACT);
  if (code == 0 && fsync(fd.fd()) != 0) code = errno;
  mdb_env_close(env);
  if (code == 0) return {};
  unlink(to.c_str());
  return mdb_error("cannot write the compacted ledger", code);
}

Result<void> replace(const std::filesystem::path& dir, const std::filesystem::path& from,
                     const std::filesystem::path& to) {
  if (rename(from.c_str(), to.c_str()) != 0) return errno_error(to.string(), errno);
  const FileLock fd(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.fd() >= 0 && fsync(fd.fd()) != 0) return errno_error(dir.string(), errno);
  return {};
}

}  // namespace

Result<CompactReport> compact(const std::filesystem::path& dir) {
  const std::filesystem::path file = dir / k_ledger_file;
  const std::filesystem::path copy = dir / "ledger.mdb.new";
  Result<UseLock> alone = UseLock::alone(dir);
  if (!alone) return in_the_way(dir, std::move(alone).error());
  PK_TRY(check_meta_pages(file));
  CompactReport report;
  report.bytes_before = length_of(file);
  if (report.bytes_before == 0) return Error{Errc::not_found, "there is no ledger in " + dir.string()};
  unlink(copy.c_str());  // of a run that was cut off
  PK_TRY(copy_compact(file, copy));
  PK_TRY(replace(dir, copy, file));
  report.bytes_after = length_of(file);
  return report;
}

}  // namespace pk::store
