// The cache's file as other processes see it, `pk cache` and `pk logs why`, beside the server or without one.
// One thread. A damaged page can end the process: run it in a child (store/probe.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cache/entry.h"

namespace pk::cache {

class LocalEnv;

struct LocalStatistics {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;      // of entries, whole pages counted
  std::uint64_t bytes_max = 0;  // as the last server had it
  std::uint64_t file_bytes = 0;
  std::optional<std::int64_t> oldest_ms;  // created, since 1970
  std::optional<std::int64_t> newest_ms;
  std::map<std::string, std::uint64_t> counters;  // since the file was made: LocalStore::count()
};

class LocalAdmin {
 public:
  // not_found: there is no cache yet. corrupt: the next server makes it anew.
  static Result<LocalAdmin> open(const std::filesystem::path& dir);
  LocalAdmin(LocalAdmin&&) noexcept;
  ~LocalAdmin();

  Result<LocalStatistics> statistics() const;

  // Each says how many entries went. A server that runs notices at once, but for what it has not written yet.
  // The file keeps its size; its space is used again, and has their bytes until then (compact_local()).
  Result<std::uint64_t> clear();
  Result<std::uint64_t> remove_log(const Uuid& log_id);
  // Those that `goes` says it of, asked of each, with its body.
  Result<std::uint64_t> remove_if(const std::function<bool(const Entry&)>& goes, bool dry_run);
  // By the first bytes of keys; "" is not everything but nothing.
  Result<std::uint64_t> remove_prefix(std::string_view key_prefix);

  // The entry that this record made, if it is still kept.
  struct Found {
    Key key{};
    Entry entry;
  };
  Result<std::optional<Found>> of_log(const Uuid& log_id, Parts parts) const;

  // Entries that were made at or before `before_ms`, the newest first, at most `entries_max`, without their
  // bodies; false from `f` ends it.
  Result<void> newest(std::int64_t before_ms, std::size_t entries_max,
                      const std::function<bool(const Found&)>& f) const;

 private:
  explicit LocalAdmin(std::unique_ptr<LocalEnv> env);
  std::unique_ptr<LocalEnv> m_env;
};

// Writes the file anew without its free pages, and what they still have in them. Nothing where there is none.
// unauthorized while a server has it open.
Result<void> compact_local(const std::filesystem::path& dir);

}  // namespace pk::cache
