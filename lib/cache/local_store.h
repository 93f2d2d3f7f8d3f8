// Entries in LMDB, in DIR/cache.mdb (lib/cache/FORMAT.md). get() is a look in memory and one read
// transaction, at once; put() hands over to a thread that writes. Whatever ails the disk, requests go on: a
// put that cannot be written is dropped and counted, a damaged file is made anew.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/result.h"
#include "cache/pending.h"
#include "cache/store.h"

namespace pk::cache {

class LocalEnv;

class LocalStore final : public Store {
 public:
  struct Options {
    std::filesystem::path dir;
    std::uint64_t bytes_max = 1'000'000'000;        // of entries, whole pages counted
    std::uint64_t file_bytes_max = 0;               // 0: twice bytes_max and k_file_slack_bytes
    std::size_t pending_bytes_max = 64'000'000;     // put and not written yet
    std::chrono::milliseconds sweep_every{10'000};  // entries that are over go
  };

  // Any thread later, but opened before threads start: the file is first read in a child process. A
  // server that drains may still have the same one. Errors: io, unauthorized, limit: what the system said;
  // damage is none.
  static Result<std::unique_ptr<LocalStore>> open(Options options, const Clock& clock);
  // Writes what is pending.
  ~LocalStore() override;

  void get(const Key& key, std::int64_t now_ms, const Post& post,
           std::function<void(EntryPtr)> done) override;
  void put(const Key& key, EntryPtr entry) override;
  void remove(const Key& key) override;
  StoreStats stats() const override;

  // Adds to a number that `pk cache stats` shows and that outlives the process; written with the next change
  // or sweep. Any name; this room has "stored", "evicted", "expired", "dropped".
  void count(std::string_view name, std::uint64_t more = 1);

  // Calls `f` for each entry on disk that is not over, the oldest first: what an index in memory is built of.
  // Takes a new snapshot every few entries. False from `f` ends it.
  Result<void> each(std::int64_t now_ms, const std::function<bool(const Key&, EntryPtr)>& f) const;

  // Waits until what was put before is on disk, or dropped.
  void flush() { m_pending.wait_done(); }

  // Why the file was made anew when it was opened; "" if it was not.
  const std::string& remade() const { return m_remade; }

 private:
  using Counters = std::map<std::string, std::uint64_t>;
  LocalStore(Options options, const Clock& clock, std::unique_ptr<LocalEnv> env);

  Result<EntryPtr> read(const Key& key, std::int64_t now_ms) const;
  void run();
  void write(const std::vector<Pending::Change>& changes);
  Result<void> write_once(const std::vector<Pending::Change>& changes);
  Result<void> sweep();
  Result<void> evict_to(std::uint64_t bytes_max);
  Result<void> make_room();
  void make_anew();
  void failed(const Error& error) const;

  const Options m_options;
  const Clock& m_clock;
  std::string m_remade;
  mutable std::shared_mutex m_env_mutex;  // shared by readers; alone where the file is replaced
  std::unique_ptr<LocalEnv> m_env;        // null: there is none, and none could be made
  Pending m_pending;
  Guarded<Counters> m_counters;  // not on disk yet
  mutable Guarded<std::string> m_last_error;
  mutable std::atomic<std::uint64_t> m_failures{0};
  std::atomic<std::uint64_t> m_evicted{0};
  std::atomic<std::uint64_t> m_dropped{0};
  std::atomic<bool> m_healthy{true};
  mutable std::atomic<bool> m_damaged{false};  // a reader found it so: the writer makes it anew
  std::thread m_writer;
};

inline constexpr std::uint64_t k_file_slack_bytes = 64'000'000;

}  // namespace pk::cache
