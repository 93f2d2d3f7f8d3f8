#include "cache/local_store.h"

#include <mutex>
#include <optional>
#include <tuple>

#include "cache/digest.h"
#include "cache/local_env.h"
#include "cache/local_rows.h"
#include "store/wire.h"

namespace pk::cache {

namespace {

// What one transaction changes at most: it is how long another process waits for its turn.
constexpr std::size_t k_batch_entries_max = 256;
constexpr std::size_t k_batch_bytes_max = 16'000'000;
// How much of it goes when the file is full although the entries are within their bound: LMDB needs runs of
// free pages.
constexpr std::uint64_t k_room_parts = 4;
constexpr std::size_t k_each_page = 64;
constexpr std::uint64_t k_map_unit = 1 << 20;

std::uint64_t map_bytes(const LocalStore::Options& options) {
  const std::uint64_t bytes =
      options.file_bytes_max > 0 ? options.file_bytes_max : 2 * options.bytes_max + k_file_slack_bytes;
  return bytes / k_map_unit * k_map_unit;
}

// About what it takes in memory while it waits.
std::size_t bytes_of(const Entry& entry) {
  return entry.body.size() + entry.words.size() + entry.embedding.size() * sizeof(float) +
         entry.fingerprint.size() * sizeof(Field) + sizeof(Entry);
}

// For `pk cache stats`, which does not know the settings of the server. On a full disk it stays as it was.
void note_bytes_max(const LocalEnv& env, std::uint64_t bytes_max) {
  auto txn = LocalTxn::begin(env, LocalTxn::Kind::write);
  if (txn && set_bytes_max(*txn, bytes_max)) std::ignore = txn->commit();
}

bool is_damage(const Error& error) {
  return error.code == Errc::corrupt;
}

}  // namespace

Result<std::unique_ptr<LocalStore>> LocalStore::open(Options options, const Clock& clock) {
  PK_ASSIGN(auto env, LocalEnv::open(options.dir, map_bytes(options)));
  return std::unique_ptr<LocalStore>(new LocalStore(std::move(options), clock, std::move(env)));
}

LocalStore::LocalStore(Options options, const Clock& clock, std::unique_ptr<LocalEnv> env)
    : m_options(std::move(options)),
      m_clock(clock),
      m_remade(env->remade()),
      m_env(std::move(env)),
      m_pending(m_options.pending_bytes_max) {
  note_bytes_max(*m_env, m_options.bytes_max);
  m_writer = std::thread([this] { run(); });
}

LocalStore::~LocalStore() {
  m_pending.close();
  m_writer.join();
}

void LocalStore::get(const Key& key, std::int64_t now_ms, const Post&, std::function<void(EntryPtr)> done) {
  if (const auto pending = m_pending.find(key)) {
    const EntryPtr& entry = *pending;
    return done(entry && entry->expires_ms > now_ms ? entry : nullptr);
  }
  Result<EntryPtr> entry = read(key, now_ms);
  if (entry) return done(*std::move(entry));
  failed(entry.error());
  if (is_damage(entry.error()) && !m_damaged.exchange(true)) m_pending.remove(key);  // wakes the writer
  done(nullptr);
}

Result<EntryPtr> LocalStore::read(const Key& key, std::int64_t now_ms) const {
  const std::shared_lock hold(m_env_mutex);
  if (!m_env) return EntryPtr();
  PK_ASSIGN(const LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::read));
  PK_ASSIGN(const auto value, txn.get(Table::entries, view_of(key)));
  if (!value) return EntryPtr();
  PK_ASSIGN(Entry entry, decode(*value));
  if (entry.expires_ms <= now_ms) return EntryPtr();
  return EntryPtr(std::make_shared<const Entry>(std::move(entry)));
}

void LocalStore::put(const Key& key, EntryPtr entry) {
  const std::size_t bytes = bytes_of(*entry);
  if (disk_bytes(bytes) <= m_options.bytes_max && m_pending.put(key, std::move(entry), bytes)) return;
  ++m_dropped;
  count("dropped");
}

void LocalStore::remove(const Key& key) {
  m_pending.remove(key);
}

void LocalStore::count(std::string_view name, std::uint64_t more) {
  m_counters.with([&](Counters& counters) { counters[std::string(name)] += more; });
}

void LocalStore::failed(const Error& error) const {
  ++m_failures;
  m_last_error.with([&](std::string& last) { last = error.message; });
}

StoreStats LocalStore::stats() const {
  StoreStats stats;
  stats.bytes_max = m_options.bytes_max;
  stats.evicted = m_evicted;
  stats.dropped_puts = m_dropped;
  stats.failures = m_failures;
  stats.last_error = m_last_error.with([](const std::string& last) { return last; });
  const std::shared_lock hold(m_env_mutex);
  stats.healthy = m_env && m_healthy;
  if (!m_env) return stats;
  const auto txn = LocalTxn::begin(*m_env, LocalTxn::Kind::read);
  if (!txn) return stats;
  const auto used = usage(*txn);
  if (!used) return stats;
  stats.entries = used->entries;
  stats.bytes = used->bytes;
  return stats;
}

Result<void> LocalStore::each(std::int64_t now_ms, const std::function<bool(const Key&, EntryPtr)>& f) const {
  std::string after;  // the row of `order` that was read last
  while (true) {
    std::vector<std::pair<Key, EntryPtr>> page;
    {
      const std::shared_lock hold(m_env_mutex);
      if (!m_env) return {};
      PK_ASSIGN(const LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::read));
      PK_ASSIGN(LocalCursor cursor, LocalCursor::open(txn, Table::order));
      PK_ASSIGN(bool found, cursor.seek(after));
      if (found && cursor.key() == after) {
        PK_ASSIGN(found, cursor.next());
      }
      while (found && page.size() < k_each_page) {
        after = cursor.key();
        PK_ASSIGN(const Timed timed, read_timed(after));
        PK_ASSIGN(const auto value, txn.get(Table::entries, view_of(timed.key)));
        if (value) {
          PK_ASSIGN(Entry entry, decode(*value));
          page.emplace_back(timed.key, std::make_shared<const Entry>(std::move(entry)));
        }
        PK_ASSIGN(found, cursor.next());
      }
    }
    if (page.empty()) return {};
    for (auto& [key, entry] : page)
      if (entry->expires_ms > now_ms && !f(key, std::move(entry))) return {};
  }
}

// --- the writer's thread

void LocalStore::run() {
  std::int64_t swept_ns = m_clock.steady_ns();
  while (!m_pending.is_over()) {
    const auto changes = m_pending.take(k_batch_entries_max, k_batch_bytes_max, m_options.sweep_every);
    if (m_damaged.exchange(false)) make_anew();
    const bool counted = m_counters.with([](const Counters& counters) { return !counters.empty(); });
    if (!changes.empty() || counted) write(changes);
    m_pending.done(changes);
    const std::int64_t now_ns = m_clock.steady_ns();
    if (now_ns - swept_ns < std::chrono::nanoseconds(m_options.sweep_every).count()) continue;
    swept_ns = now_ns;
    if (const Result<void> swept = sweep(); !swept) {
      failed(swept.error());
      if (is_damage(swept.error())) m_damaged = true;
    }
  }
  if (const Result<void> last = write_once({}); !last) failed(last.error());  // the counters
  const std::unique_lock alone(m_env_mutex);
  m_env.reset();
}

// Tries again once, after what stood in the way is gone as far as it can be.
void LocalStore::write(const std::vector<Pending::Change>& changes) {
  Result<void> written = write_once(changes);
  if (!written && is_damage(written.error())) {
    failed(written.error());
    make_anew();
    written = write_once(changes);
  } else if (!written && written.error().code == Errc::limit) {
    const Result<void> room = make_room();
    if (!room) make_anew();  // damaged, or too full even for what removing takes
    written = write_once(changes);
  }
  m_healthy = static_cast<bool>(written);
  if (written) return;
  failed(written.error());
  std::uint64_t lost = 0;
  for (const Pending::Change& change : changes) lost += change.entry ? 1 : 0;
  m_dropped += lost;
  count("dropped", lost);
}

Result<void> LocalStore::write_once(const std::vector<Pending::Change>& changes) {
  if (!m_env) return Error{Errc::io, "the cache has no file"};
  std::vector<std::string> rows(changes.size());
  for (std::size_t i = 0; i < changes.size(); ++i)
    if (changes[i].entry) rows[i] = encode(*changes[i].entry);
  PK_ASSIGN(LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::write));
  Counters more = m_counters.with([](const Counters& counters) { return counters; });
  const Counters taken = more;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto& [key, entry, number] = changes[i];
    if (entry)
      PK_TRY(put_row(txn, key, *entry, rows[i]));
    else
      PK_TRY(remove_row(txn, key));
    if (entry) ++more["stored"];
  }
  PK_TRY(add_counters(txn, more));
  PK_TRY(txn.commit());
  m_counters.with([&](Counters& counters) {
    for (const auto& [name, number] : taken)
      if ((counters[name] -= number) == 0) counters.erase(name);
  });
  return evict_to(m_options.bytes_max);
}

Result<void> LocalStore::evict_to(std::uint64_t bytes_max) {
  while (true) {
    PK_ASSIGN(LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::write));
    PK_ASSIGN(const std::size_t count, evict(txn, bytes_max, k_batch_entries_max));
    if (count == 0) return {};
    PK_TRY(add_counters(txn, {{"evicted", count}}));
    PK_TRY(txn.commit());
    m_evicted += count;
    if (count < k_batch_entries_max) return {};
  }
}

Result<void> LocalStore::make_room() {
  std::uint64_t used = 0;
  {
    PK_ASSIGN(const LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::read));
    PK_ASSIGN(const Usage before, usage(txn));
    used = before.bytes;
  }
  PK_TRY(evict_to(used - used / k_room_parts));
  // LMDB uses pages again that an older transaction than the last one freed.
  PK_ASSIGN(LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::write));
  PK_TRY(add_counters(txn, {{"full", 1}}));
  return txn.commit();
}

Result<void> LocalStore::sweep() {
  if (!m_env) {
    make_anew();  // what was in the way may be gone
    if (!m_env) return {};
  }
  m_env->forget_dead_readers();
  PK_TRY(write_once({}));
  while (true) {
    PK_ASSIGN(LocalTxn txn, LocalTxn::begin(*m_env, LocalTxn::Kind::write));
    PK_ASSIGN(const std::size_t count, remove_expired(txn, m_clock.wall_ms(), k_batch_entries_max));
    if (count == 0) return {};
    PK_TRY(add_counters(txn, {{"expired", count}}));
    PK_TRY(txn.commit());
    if (count < k_batch_entries_max) return {};
  }
}

void LocalStore::make_anew() {
  const std::unique_lock alone(m_env_mutex);
  if (m_env) m_env->give_up();
  m_env.reset();
  auto env = LocalEnv::make_anew(m_options.dir, map_bytes(m_options));
  if (!env) return failed(env.error());
  m_env = *std::move(env);
  note_bytes_max(*m_env, m_options.bytes_max);
}

}  // namespace pk::cache
