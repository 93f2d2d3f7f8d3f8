#include "cache/local_store.h"

#include <sys/resource.h>

#include <csignal>
#include <set>

#include "cache/digest.h"
#include "cache/files.h"
#include "cache/fixture.h"
#include "cache/local_rows.h"
#include "support/temp_folder.h"
#include "support/wait_until.h"

namespace pk::cache::test {
namespace {

using pk::test::TempFolder;
using pk::test::wait_until;

std::unique_ptr<LocalStore> open(const TempFolder& folder, std::uint64_t bytes_max = 10'000'000,
                                 std::chrono::milliseconds sweep_every = std::chrono::hours(1)) {
  static const SystemClock clock;
  LocalStore::Options options;
  options.dir = folder.path();
  options.bytes_max = bytes_max;
  options.sweep_every = sweep_every;
  return must(LocalStore::open(std::move(options), clock));
}

void put(LocalStore& store, int number, std::size_t body_bytes = 100) {
  store.put(key_of(number), shared(entry_of(number, body_bytes)));
}

// No file of this process grows beyond it: as good as a full disk.
class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) {
    m_handler = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &m_before);
    const rlimit limit{bytes, m_before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileLimit() {
    setrlimit(RLIMIT_FSIZE, &m_before);
    std::signal(SIGXFSZ, m_handler);
  }

 private:
  rlimit m_before{};
  void (*m_handler)(int) = nullptr;
};

}  // namespace

TEST_CASE("What was put is there at once, when it is written, and after a restart") {
  const TempFolder folder;
  {
    const auto store = open(folder);
    REQUIRE(get(*store, key_of(1)) == nullptr);
    put(*store, 1);
    REQUIRE(get(*store, key_of(1)) != nullptr);
    store->flush();
    const EntryPtr written = get(*store, key_of(1));
    REQUIRE(written != nullptr);
    REQUIRE(*written == entry_of(1));
    put(*store, 2, 300'000);
  }
  const auto store = open(folder);
  CHECK(store->remade().empty());
  REQUIRE(get(*store, key_of(1)) != nullptr);
  REQUIRE(*get(*store, key_of(2)) == entry_of(2, 300'000));
  CHECK(store->stats().entries == 2);
}

TEST_CASE("An entry that is over is none, written or not") {
  const TempFolder folder;
  const auto store = open(folder);
  put(*store, 1);
  const std::int64_t over = entry_of(1).expires_ms;
  CHECK(get(*store, key_of(1), over) == nullptr);
  store->flush();
  CHECK(get(*store, key_of(1), over) == nullptr);
  CHECK(get(*store, key_of(1), over - 1) != nullptr);
}

TEST_CASE("A removal is seen at once and after it is written") {
  const TempFolder folder;
  const auto store = open(folder);
  put(*store, 1);
  store->flush();
  store->remove(key_of(1));
  CHECK(get(*store, key_of(1)) == nullptr);
  store->flush();
  CHECK(get(*store, key_of(1)) == nullptr);
  CHECK(store->stats().entries == 0);
}

TEST_CASE("The bytes stay within their bound, and the newest stay") {
  const TempFolder folder;
  constexpr std::uint64_t k_bytes_max = 400'000;
  const auto store = open(folder, k_bytes_max);
  for (int i = 0; i < 600; ++i) {
    put(*store, i, 3000);
    if (i % 50 == 0) store->flush();
  }
  store->flush();
  const StoreStats stats = store->stats();
  CHECK(stats.bytes <= k_bytes_max);
  CHECK(stats.entries > 50);
  CHECK(stats.entries + stats.evicted == 600);
  CHECK(get(*store, key_of(599)) != nullptr);
  CHECK(get(*store, key_of(0)) == nullptr);
  put(*store, 700, k_bytes_max);
  CHECK(get(*store, key_of(700)) == nullptr);
  CHECK(store->stats().dropped_puts == 1);
}

TEST_CASE("Entries of many sizes come and go, and the file stays within what was said") {
  const TempFolder folder;
  constexpr std::uint64_t k_bytes_max = 4'000'000;
  {
    const auto store = open(folder, k_bytes_max);
    for (int i = 0; i < 3000; ++i) {
      put(*store, i, static_cast<std::size_t>(i * 7919 % 60'000));
      if (i % 500 == 0) store->flush();
    }
    store->flush();
    CHECK(store->stats().dropped_puts == 0);
    CHECK(store->stats().healthy);
    CHECK(get(*store, key_of(2999)) != nullptr);
  }
  CHECK(std::filesystem::file_size(folder.path() / k_cache_file) <= 2 * k_bytes_max + k_file_slack_bytes);
}

TEST_CASE("When the file is full before its entries are too many, a part of the oldest goes") {
  const TempFolder folder;
  static const SystemClock clock;
  LocalStore::Options options;
  options.dir = folder.path();
  options.file_bytes_max = 4 << 20;
  const auto store = must(LocalStore::open(std::move(options), clock));
  for (int i = 0; i < 1000; ++i) {
    put(*store, i, static_cast<std::size_t>(i * 7919 % 30'000));
    if (i % 20 == 0) store->flush();
  }
  store->flush();
  const StoreStats stats = store->stats();
  CHECK(stats.healthy);
  CHECK(stats.evicted > 0);
  CHECK(stats.entries > 20);
  CHECK(stats.failures == stats.dropped_puts);
  CHECK(stats.dropped_puts < 100);
  CHECK(get(*store, key_of(999)) != nullptr);
  CHECK(std::filesystem::file_size(folder.path() / k_cache_file) <= 4 << 20);
}

TEST_CASE("Entries that are over go by themselves") {
  const TempFolder folder;
  const auto store = open(folder, 10'000'000, std::chrono::milliseconds(5));
  Entry entry = entry_of(1);
  entry.created_ms = 1000;
  entry.expires_ms = 2000;
  store->put(key_of(1), shared(std::move(entry)));
  Entry fresh = entry_of(2);
  fresh.expires_ms = SystemClock().wall_ms() + 1'000'000'000;
  store->put(key_of(2), shared(std::move(fresh)));
  store->flush();
  wait_until("what is over has gone", [&] { return store->stats().entries <= 1; });
  CHECK(get(*store, key_of(2)) != nullptr);
}

TEST_CASE("On a full disk puts are dropped and told, and nothing else happens") {
  const TempFolder folder;
  const auto store = open(folder);
  put(*store, 1);
  store->flush();
  {
    const FileLimit full(std::filesystem::file_size(folder.path() / k_cache_file));
    for (int i = 10; i < 60; ++i) put(*store, i, 50'000);
    store->flush();
    const StoreStats stats = store->stats();
    CHECK(stats.dropped_puts > 0);
    CHECK_FALSE(stats.healthy);
    CHECK_FALSE(stats.last_error.empty());
    CHECK(get(*store, key_of(1)) != nullptr);
  }
  put(*store, 99);
  store->flush();
  CHECK(store->stats().healthy);
  CHECK(get(*store, key_of(99)) != nullptr);
}

TEST_CASE("A full queue drops, and what it took is written") {
  const TempFolder folder;
  static const SystemClock clock;
  LocalStore::Options options;
  options.dir = folder.path();
  options.pending_bytes_max = 100'000;
  const auto store = must(LocalStore::open(std::move(options), clock));
  for (int i = 0; i < 200; ++i) put(*store, i, 60'000);
  store->flush();
  const StoreStats stats = store->stats();
  CHECK(stats.entries + stats.dropped_puts == 200);
  CHECK(stats.entries > 0);
}

TEST_CASE("A value that was spoilt is noticed, and the file made anew") {
  const TempFolder folder;
  {
    const auto store = open(folder);
    put(*store, 1, 20'000);
    put(*store, 2, 100);
  }
  {
    // Below what LMDB notices: only the entry's own sum tells.
    const auto env = must(LocalEnv::open(folder.path(), 100'000'000));
    auto txn = must(LocalTxn::begin(*env, LocalTxn::Kind::write));
    std::string bytes(*must(txn.get(Table::entries, view_of(key_of(1)))));
    bytes[100] ^= 1;
    must(txn.put(Table::entries, view_of(key_of(1)), bytes));
    // Among the newest it would have been found when it was opened.
    for (int i = 10; i < 1100; ++i) must(put_row(txn, key_of(i), entry_of(i), encode(entry_of(i))));
    must(txn.commit());
  }
  const auto store = open(folder);
  REQUIRE(store->remade().empty());
  CHECK(get(*store, key_of(1)) == nullptr);
  CHECK(store->stats().failures > 0);
  store->flush();
  put(*store, 3);
  store->flush();
  CHECK(*get(*store, key_of(3)) == entry_of(3));
  CHECK(store->stats().entries == 1);
}

TEST_CASE("Each gives every entry that is not over, the oldest first, until it is told to end") {
  const TempFolder folder;
  const auto store = open(folder);
  for (int i = 199; i >= 0; --i) put(*store, i);
  Entry over = entry_of(300);
  over.expires_ms = k_now_ms;
  store->put(key_of(300), shared(std::move(over)));
  store->flush();
  std::vector<Key> keys;
  must(store->each(k_now_ms, [&](const Key& key, const EntryPtr&) {
    keys.push_back(key);
    return true;
  }));
  REQUIRE(keys.size() == 200);
  CHECK(keys[0] == key_of(0));
  CHECK(keys[199] == key_of(199));
  int calls = 0;
  must(store->each(k_now_ms, [&](const Key&, const EntryPtr&) { return ++calls < 3; }));
  CHECK(calls == 3);
}

TEST_CASE("Counters of one process are there for the next one") {
  const TempFolder folder;
  { open(folder)->count("hits", 3); }
  { open(folder)->count("hits"); }
  const auto env = must(LocalEnv::visit(folder.path()));
  const auto txn = must(LocalTxn::begin(*env, LocalTxn::Kind::read));
  CHECK(must(counters(txn)).at("hits") == 4);
}

TEST_CASE("Counters are written while nothing is put") {
  const TempFolder folder;
  const auto store = open(folder, 10'000'000, std::chrono::milliseconds(1));
  store->count("hits");
  const auto env = must(LocalEnv::visit(folder.path()));
  wait_until("the counter is written", [&] {
    const auto txn = must(LocalTxn::begin(*env, LocalTxn::Kind::read));
    return must(counters(txn)).contains("hits");
  });
}

TEST_CASE("Readers on many threads see whole entries while they are replaced") {
  const TempFolder folder;
  const auto store = open(folder, 600'000);
  std::atomic<bool> wrong{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        const int number = i % 100;
        const EntryPtr entry = get(*store, key_of(number));
        if (entry && entry->fingerprint != entry_of(number).fingerprint) wrong = true;
        if (i % 3 == 0) put(*store, number, static_cast<std::size_t>(i) * 5);
        if (i % 17 == 0) store->remove(key_of(number));
      }
    });
  for (std::thread& thread : threads) thread.join();
  store->flush();
  CHECK_FALSE(wrong);
  CHECK(store->stats().failures == 0);
}

}  // namespace pk::cache::test
