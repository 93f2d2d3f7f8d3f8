#include "cache/local_admin.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "cache/digest.h"
#include "cache/local_env.h"
#include "cache/local_rows.h"

namespace pk::cache {

namespace {

constexpr std::size_t k_batch_entries_max = 256;  // of a transaction: the server waits as long

Result<std::optional<Key>> key_of_log(const LocalTxn& txn, const Uuid& log_id) {
  PK_ASSIGN(const auto value, txn.get(Table::ids, log_id.view()));
  Key key{};
  if (!value || value->size() != key.size()) return std::optional<Key>();
  std::memcpy(key.data(), value->data(), key.size());
  return std::optional(key);
}

Result<std::vector<Key>> keys_with(const LocalTxn& txn, std::string_view prefix) {
  std::vector<Key> keys;
  PK_ASSIGN(LocalCursor cursor, LocalCursor::open(txn, Table::entries));
  PK_ASSIGN(bool found, cursor.seek(prefix));
  while (found && cursor.key().starts_with(prefix) && keys.size() < k_batch_entries_max) {
    Key key{};
    std::memcpy(key.data(), cursor.key().data(), std::min(key.size(), cursor.key().size()));
    keys.push_back(key);
    PK_ASSIGN(found, cursor.next());
  }
  return keys;
}

struct Some {
  std::vector<Key> keys;
  bool more = false;
};

// Of the next k_batch_entries_max entries behind the key `after`, which becomes the last one's, those that
// go. One that is damaged goes too: nobody can tell what is in it.
Result<Some> some_that_go(const LocalEnv& env, std::string& after,
                          const std::function<bool(const Entry&)>& goes) {
  Some some;
  PK_ASSIGN(const LocalTxn txn, LocalTxn::begin(env, LocalTxn::Kind::read));
  PK_ASSIGN(LocalCursor cursor, LocalCursor::open(txn, Table::entries));
  PK_ASSIGN(bool found, cursor.seek(after));
  if (found && cursor.key() == after) {
    PK_ASSIGN(found, cursor.next());
  }
  for (std::size_t i = 0; found && i < k_batch_entries_max; ++i) {
    after = cursor.key();
    const auto entry = decode(cursor.value());
    Key key{};
    std::memcpy(key.data(), after.data(), std::min(key.size(), after.size()));
    if (!entry || goes(*entry)) some.keys.push_back(key);
    PK_ASSIGN(found, cursor.next());
  }
  some.more = found;
  return some;
}

Result<std::optional<std::int64_t>> end_of_order(const LocalTxn& txn, bool newest) {
  PK_ASSIGN(LocalCursor cursor, LocalCursor::open(txn, Table::order));
  PK_ASSIGN(const bool found, newest ? cursor.last() : cursor.first());
  if (!found) return std::optional<std::int64_t>();
  PK_ASSIGN(const Timed timed, read_timed(cursor.key()));
  return std::optional(timed.ms);
}

}  // namespace

LocalAdmin::LocalAdmin(std::unique_ptr<LocalEnv> env) : m_env(std::move(env)) {}
LocalAdmin::LocalAdmin(LocalAdmin&&) noexcept = default;
LocalAdmin::~LocalAdmin() = default;

Result<LocalAdmin> LocalAdmin::open(const std::filesystem::path& dir) {
  PK_ASSIGN(auto env, LocalEnv::visit(dir));
  return LocalAdmin(std::move(env));
}

Result<LocalStatistics> LocalAdmin::statistics() const {
  PK_ASSIGN(const LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::read));
  PK_ASSIGN(const Usage used, usage(txn));
  LocalStatistics out;
  out.entries = used.entries;
  out.bytes = used.bytes;
  out.file_bytes = m_env->file_bytes();
  PK_ASSIGN(out.bytes_max, bytes_max(txn));
  PK_ASSIGN(out.oldest_ms, end_of_order(txn, false));
  PK_ASSIGN(out.newest_ms, end_of_order(txn, true));
  PK_ASSIGN(out.counters, counters(txn));
  return out;
}

Result<std::uint64_t> LocalAdmin::clear() {
  PK_ASSIGN(LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::write));
  PK_ASSIGN(const std::uint64_t count, clear_rows(txn));
  PK_TRY(txn.commit());
  return count;
}

Result<std::uint64_t> LocalAdmin::remove_log(const Uuid& log_id) {
  PK_ASSIGN(LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::write));
  PK_ASSIGN(const auto key, key_of_log(txn, log_id));
  if (!key) return std::uint64_t{0};
  PK_ASSIGN(const bool removed, remove_row(txn, *key));
  PK_TRY(txn.commit());
  return std::uint64_t{removed ? 1u : 0u};
}

Result<std::uint64_t> LocalAdmin::remove_if(const std::function<bool(const Entry&)>& goes, bool dry_run) {
  std::uint64_t count = 0;
  std::string after;
  for (bool more = true; more;) {
    PK_ASSIGN(const Some some, some_that_go(*m_env, after, goes));
    more = some.more;
    count += some.keys.size();
    if (dry_run || some.keys.empty()) continue;
    PK_ASSIGN(LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::write));
    for (const Key& key : some.keys) PK_TRY(remove_row(txn, key));
    PK_TRY(txn.commit());
  }
  return count;
}

Result<std::uint64_t> LocalAdmin::remove_prefix(std::string_view key_prefix) {
  std::uint64_t count = 0;
  while (!key_prefix.empty()) {
    PK_ASSIGN(LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::write));
    PK_ASSIGN(const auto keys, keys_with(txn, key_prefix));
    for (const Key& key : keys) PK_TRY(remove_row(txn, key));
    PK_TRY(txn.commit());
    count += keys.size();
    if (keys.size() < k_batch_entries_max) break;
  }
  return count;
}

Result<std::optional<LocalAdmin::Found>> LocalAdmin::of_log(const Uuid& log_id, Parts parts) const {
  PK_ASSIGN(const LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::read));
  PK_ASSIGN(const auto key, key_of_log(txn, log_id));
  if (!key) return std::optional<Found>();
  PK_ASSIGN(const auto value, txn.get(Table::entries, view_of(*key)));
  if (!value) return std::optional<Found>();
  PK_ASSIGN(Entry entry, decode(*value, parts));
  return std::optional(Found{*key, std::move(entry)});
}

Result<void> LocalAdmin::newest(std::int64_t before_ms, std::size_t entries_max,
                                const std::function<bool(const Found&)>& f) const {
  PK_ASSIGN(const LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::read));
  PK_ASSIGN(LocalCursor cursor, LocalCursor::open(txn, Table::order));
  PK_ASSIGN(bool found, cursor.seek_before(timed_key(before_ms + 1, {})));
  for (std::size_t i = 0; found && i < entries_max; ++i) {
    PK_ASSIGN(const Timed timed, read_timed(cursor.key()));
    PK_ASSIGN(const auto value, txn.get(Table::entries, view_of(timed.key)));
    if (value) {
      PK_ASSIGN(Entry entry, decode(*value, Parts::without_body));
      if (!f(Found{timed.key, std::move(entry)})) return {};
    }
    PK_ASSIGN(found, cursor.previous());
  }
  return {};
}

Result<void> compact_local(const std::filesystem::path& dir) {
  const std::filesystem::path file = dir / k_cache_file;
  const std::filesystem::path copy = dir / "cache.mdb.new";
  const store::FileLock boot(::open((dir / k_boot_file).c_str(), O_RDONLY | O_CLOEXEC));
  if (boot.fd() >= 0 && ::flock(boot.fd(), LOCK_EX | LOCK_NB) != 0)
    return Error{Errc::unauthorized, "a server has the cache open: stop it first"};
  auto env = LocalEnv::visit(dir);
  if (!env && env.error().code == Errc::not_found) return {};
  if (!env) return std::move(env).error();
  ::unlink(copy.c_str());  // of a run that was cut off
  const store::FileLock fd(::open(copy.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  int error = fd.fd() < 0 ? errno : ::mdb_env_copyfd2((*env)->raw(), fd.fd(), MDB_CP_COMPACT);
  if (error == 0 && ::fsync(fd.fd()) != 0) error = errno;
  if (error == 0 && ::rename(copy.c_str(), file.c_str()) != 0) error = errno;
  if (error == 0) return {};
  ::unlink(copy.c_str());
  return Error{Errc::io, std::string("the cache cannot be written anew: ") + ::mdb_strerror(error)};
}

}  // namespace pk::cache
