#include "store/locks.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace pk::store {

namespace {

// Open-file-description locks: they end with their descriptor, hold between threads and processes alike, and
// can be asked for without being taken.
struct flock region(short type, off_t byte) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return lock;
}

Result<FileLock> open_lock_file(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return errno_error(file.string(), errno);
  return FileLock(fd);
}

// False if another holds it.
Result<bool> try_lock(const FileLock& file, off_t byte) {
  struct flock lock = region(F_WRLCK, byte);
  if (fcntl(file.fd(), F_OFD_SETLK, &lock) == 0) return true;
  if (errno == EAGAIN || errno == EACCES) return false;
  return errno_error("cannot lock a file of the data folder", errno);
}

Result<bool> is_locked(int fd, off_t byte) {
  struct flock lock = region(F_WRLCK, byte);
  if (fcntl(fd, F_OFD_GETLK, &lock) != 0)
    return errno_error("cannot ask for a lock of the data folder", errno);
  return lock.l_type != F_UNLCK;
}

constexpr const char* k_prune_lock = "prune.lock";
constexpr const char* k_compact_lock = "compact.lock";

// unauthorized, with these words, if another holds it.
Result<FileLock> take_lock(const std::filesystem::path& path, std::string taken) {
  PK_ASSIGN(FileLock file, open_lock_file(path));
  PK_ASSIGN(const bool mine, try_lock(file, 0));
  if (!mine) return Error{Errc::unauthorized, std::move(taken)};
  return file;
}

Result<bool> is_held(const std::filesystem::path& path) {
  const FileLock file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() >= 0) return is_locked(file.fd(), 0);
  if (errno == ENOENT) return false;
  return errno_error(path.string(), errno);
}

std::string read_text(int fd) {
  char text[512];
  const ssize_t size = pread(fd, text, sizeof text, 0);
  return std::string(trim(std::string_view(text, size > 0 ? static_cast<std::size_t>(size) : 0)));
}

Server parse_server(std::string_view text) {
  Server server;
  const std::size_t space = text.find(' ');
  server.pid = parse_int(text.substr(0, space)).value_or(0);
  std::string_view url = space == std::string_view::npos ? "" : text.substr(space + 1);
  // Older servers wrote an address alone, whether they spoke TLS or not.
  server.tls = url.starts_with("https://");
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  server.address = url;
  return server;
}

off_t byte_of(const Uuid& run) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, run.bytes.data() + 8, sizeof bits);
  return static_cast<off_t>(bits >> 2);  // the 62 random bits of the id
}

std::filesystem::path runs_file(const std::filesystem::path& dir) {
  return dir / "runs.lock";
}

Result<void> make_dir(const std::filesystem::path& dir) {
  std::error_code ignored;
  if (dir.has_parent_path()) std::filesystem::create_directories(dir.parent_path(), ignored);
  if (mkdir(dir.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return errno_error(dir.string(), errno);
}

}  // namespace

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  if (this != &other) {
    if (m_fd >= 0) ::close(m_fd);
    m_fd = other.release();
  }
  return *this;
}

FileLock::~FileLock() {
  if (m_fd >= 0) ::close(m_fd);
}

int FileLock::release() {
  return std::exchange(m_fd, -1);
}

Result<ServeLock> ServeLock::take(const std::filesystem::path& dir, const std::string& url) {
  PK_TRY(make_dir(dir));
  PK_ASSIGN(FileLock file, open_lock_file(dir / "serve.lock"));
  PK_ASSIGN(const bool mine, try_lock(file, 0));
  if (!mine) {
    const Server other = parse_server(read_text(file.fd()));
    return Error{Errc::unauthorized, dir.string() + " is served already by process " +
                                         std::to_string(other.pid) +
                                         (other.address.empty() ? "" : " on " + other.url()) +
                                         ": stop it, or choose another folder with --data"};
  }
  ServeLock lock(std::move(file));
  PK_TRY(lock.set_url(url));
  return lock;
}

Result<void> ServeLock::set_url(const std::string& url) {
  const std::string text = std::to_string(getpid()) + " " + url + "\n";
  if (ftruncate(m_lock.fd(), 0) != 0 ||
      pwrite(m_lock.fd(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
    return errno_error("serve.lock", errno);
  return {};
}

Result<std::optional<Server>> is_served(const std::filesystem::path& dir) {
  const FileLock file(::open((dir / "serve.lock").c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0) {
    if (errno == ENOENT) return std::optional<Server>{};
    return errno_error((dir / "serve.lock").string(), errno);
  }
  PK_ASSIGN(const bool held, is_locked(file.fd(), 0));
  if (!held) return std::optional<Server>{};
  return std::optional<Server>(parse_server(read_text(file.fd())));
}

Result<FileLock> take_prune_lock(const std::filesystem::path& dir) {
  return take_lock(dir / k_prune_lock, "another prune of " + dir.string() + " is running: let it end");
}
Result<bool> is_pruning(const std::filesystem::path& dir) {
  return is_held(dir / k_prune_lock);
}

Result<FileLock> take_compact_lock(const std::filesystem::path& dir) {
  return take_lock(dir / k_compact_lock, dir.string() + " is being compacted already: let that end");
}
Result<bool> is_compacting(const std::filesystem::path& dir) {
  return is_held(dir / k_compact_lock);
}

Result<UseLock> UseLock::share(const std::filesystem::path& dir, bool may_create) {
  const std::filesystem::path file = dir / "ledger.use";
  FileLock lock(::open(file.c_str(), may_create ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDONLY | O_CLOEXEC, 0600));
  if (lock.fd() < 0) return errno_error(file.string(), errno);
  struct flock shared = region(F_RDLCK, 0);
  while (fcntl(lock.fd(), F_OFD_SETLKW, &shared) != 0)
    if (errno != EINTR) return errno_error(file.string(), errno);
  return UseLock(std::move(lock));
}

Result<bool> UseLock::take_alone() {
  return try_lock(m_lock, 0);
}

void UseLock::share_again() {
  struct flock shared = region(F_RDLCK, 0);
  static_cast<void>(fcntl(m_lock.fd(), F_OFD_SETLK, &shared));  // from alone to shared nobody is in the way
}

Result<RunLock> RunLock::take(const std::filesystem::path& dir, const Uuid& run) {
  PK_ASSIGN(FileLock file, open_lock_file(runs_file(dir)));
  PK_ASSIGN(const bool mine, try_lock(file, byte_of(run)));
  if (!mine) return Error{Errc::io, "the run's own lock is taken: its id is not unique"};
  return RunLock(std::move(file), run);
}

Result<bool> run_is_alive(const std::filesystem::path& dir, const Uuid& run) {
  const FileLock file(::open(runs_file(dir).c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0) {
    if (errno == ENOENT) return false;
    return errno_error(runs_file(dir).string(), errno);
  }
  return is_locked(file.fd(), byte_of(run));
}

}  // namespace pk::store
