// Files that keep processes out of each other's way: one `serve` per data folder, one prune at a time, and
// which writing runs are still alive. All of them end with their process, however it ends.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/ids.h"
#include "base/result.h"

namespace pk::store {

// An open file descriptor that holds a lock; moves, unlocks when destroyed.
class FileLock {
 public:
  FileLock() = default;
  explicit FileLock(int fd) : m_fd(fd) {}
  FileLock(FileLock&& other) noexcept : m_fd(other.release()) {}
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

  int fd() const { return m_fd; }
  int release();

 private:
  int m_fd = -1;
};

struct Server {
  std::int64_t pid = 0;
  std::string address;  // "127.0.0.1:8787", "[::1]:8787"
  bool tls = false;     // spoken there

  std::string url() const { return (tls ? "https://" : "http://") + address; }
};

// Held by the one process that serves DIR.
class ServeLock {
 public:
  // unauthorized if another process serves: "… is served already by process 4711 on http://127.0.0.1:8787".
  // Makes DIR if it is not there. On a read-only folder: the error of the system; a server may go on without.
  static Result<ServeLock> take(const std::filesystem::path& dir, const std::string& url);

  // Sets it, once the port is known: "http://127.0.0.1:8787".
  Result<void> set_url(const std::string& url);
  // Lets the next server in while this one still drains.
  void release() { m_lock = FileLock(); }

 private:
  explicit ServeLock(FileLock lock) : m_lock(std::move(lock)) {}
  FileLock m_lock;
};

// Who serves DIR, if anyone.
Result<std::optional<Server>> is_served(const std::filesystem::path& dir);

// Held by one prune of DIR; unauthorized if another runs.
Result<FileLock> take_prune_lock(const std::filesystem::path& dir);
Result<bool> is_pruning(const std::filesystem::path& dir);

// Held by whoever compacts DIR; unauthorized if another does.
Result<FileLock> take_compact_lock(const std::filesystem::path& dir);
Result<bool> is_compacting(const std::filesystem::path& dir);

// Each process that has the ledger open shares this; one that replaces the file has it alone.
class UseLock {
 public:
  // Waits while another process replaces the file. Any error of the system: the folder cannot be written or
  // read.
  static Result<UseLock> share(const std::filesystem::path& dir, bool may_create);
  // False, and shared as before, while another process has the ledger open. Then nobody can open it until
  // share_again().
  Result<bool> take_alone();
  void share_again();

 private:
  explicit UseLock(FileLock lock) : m_lock(std::move(lock)) {}
  FileLock m_lock;
};

// A writing run: its entries in `open` are live as long as this is held.
class RunLock {
 public:
  static Result<RunLock> take(const std::filesystem::path& dir, const Uuid& run);
  const Uuid& run() const { return m_run; }

 private:
  RunLock(FileLock lock, const Uuid& run) : m_lock(std::move(lock)), m_run(run) {}
  FileLock m_lock;
  Uuid m_run;
};

// Whether `run` is held by some RunLock, of this process or another.
Result<bool> run_is_alive(const std::filesystem::path& dir, const Uuid& run);

}  // namespace pk::store
