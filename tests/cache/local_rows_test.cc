#include "cache/local_rows.h"

#include "cache/digest.h"
#include "cache/fixture.h"
#include "support/temp_folder.h"

namespace pk::cache::test {
namespace {

struct Rows {
  pk::test::TempFolder folder;
  std::unique_ptr<LocalEnv> env = must(LocalEnv::open(folder.path(), 50'000'000));
  LocalTxn txn = must(LocalTxn::begin(*env, LocalTxn::Kind::write));

  void put(const Key& key, const Entry& entry) { must(put_row(txn, key, entry, encode(entry))); }
  void put(int number) { put(key_of(number), entry_of(number)); }
  bool has(int number) { return must(txn.get(Table::entries, view_of(key_of(number)))).has_value(); }
  std::uint64_t rows(Table table) { return must(txn.entries(table)); }
};

}  // namespace

TEST_CASE("An entry that replaces another leaves nothing of it") {
  Rows rows;
  rows.put(1);
  const Usage before = must(usage(rows.txn));
  Entry newer = entry_of(1);
  newer.created_ms += 5;
  newer.expires_ms += 5;
  newer.log_id = id_of(99);
  rows.put(key_of(1), newer);
  for (const Table table : {Table::entries, Table::order, Table::expiry, Table::ids})
    CHECK(rows.rows(table) == 1);
  CHECK(must(usage(rows.txn)).bytes == before.bytes);
  CHECK(must(remove_row(rows.txn, key_of(1))));
  CHECK_FALSE(must(remove_row(rows.txn, key_of(1))));
  for (const Table table : {Table::entries, Table::order, Table::expiry, Table::ids})
    CHECK(rows.rows(table) == 0);
  CHECK(must(usage(rows.txn)).bytes == 0);
}

TEST_CASE("The oldest go first, as many as it takes and no more than asked") {
  Rows rows;
  for (const int number : {3, 1, 4, 2, 5}) rows.put(number);
  const std::uint64_t one = must(usage(rows.txn)).bytes / 5;
  CHECK(must(evict(rows.txn, 5 * one, 10)) == 0);
  CHECK(must(evict(rows.txn, 3 * one, 1)) == 1);
  CHECK_FALSE(rows.has(1));
  CHECK(must(evict(rows.txn, 3 * one, 10)) == 1);
  CHECK_FALSE(rows.has(2));
  CHECK(rows.has(3));
  CHECK(must(evict(rows.txn, 0, 10)) == 3);
}

TEST_CASE("Entries that are over go, whenever they were made") {
  Rows rows;
  for (const int number : {1, 2, 3}) {
    Entry entry = entry_of(number);
    entry.expires_ms = k_now_ms + 10'000 / number;
    rows.put(key_of(number), entry);
  }
  CHECK(must(remove_expired(rows.txn, k_now_ms, 10)) == 0);
  CHECK(must(remove_expired(rows.txn, k_now_ms + 5000, 10)) == 2);
  CHECK(rows.has(1));
}

TEST_CASE("Counters add up and outlive what is cleared") {
  Rows rows;
  rows.put(1);
  must(set_bytes_max(rows.txn, 77));
  must(add_counters(rows.txn, {{"hits", 2}, {"stored", 1}}));
  must(add_counters(rows.txn, {{"hits", 3}}));
  CHECK(must(clear_rows(rows.txn)) == 1);
  CHECK(must(usage(rows.txn)).bytes == 0);
  CHECK(must(counters(rows.txn)) == std::map<std::string, std::uint64_t>{{"hits", 5}, {"stored", 1}});
  CHECK(must(bytes_max(rows.txn)) == 77);
}

TEST_CASE("An index that names nothing is damage, not an endless loop") {
  Rows rows;
  rows.put(1);
  must(check_newest(rows.txn, 10));
  must(rows.txn.put(Table::order, timed_key(k_now_ms - 9, view_of(key_of(9))), {}));
  CHECK(check_newest(rows.txn, 10).error().code == Errc::corrupt);
  CHECK(evict(rows.txn, 0, 10).error().code == Errc::corrupt);
  must(rows.txn.put(Table::expiry, std::string_view("\0short", 6), {}));
  CHECK(remove_expired(rows.txn, k_now_ms + 1'000'000'000, 10).error().code == Errc::corrupt);
}

// In one transaction no page is written twice, so that the file grows by what its entries take.
TEST_CASE("What entries of any size count as is what they take of the file, and not much more") {
  for (const std::size_t body : {0, 100, 300, 600, 1000, 1300, 1500, 1700, 1800, 1850, 1900, 3000, 6000}) {
    Rows rows;
    constexpr int k_entries = 3000;
    std::size_t value = 0;
    for (int number = 0; number < k_entries; ++number) {
      const Entry entry = entry_of(number, body);
      value = encode(entry).size();
      rows.put(key_of(number), entry);
    }
    const std::uint64_t counted = must(usage(rows.txn)).bytes;
    must(rows.txn.commit());
    const std::uint64_t taken = std::filesystem::file_size(rows.folder.path() / k_cache_file);
    CAPTURE(value, taken / k_entries, counted / k_entries);
    CHECK(counted >= taken - taken / 20);
    CHECK(counted <= taken + taken / 3);
  }
}

TEST_CASE("Large values count as the pages that they take") {
  CHECK(disk_bytes(100) < 1000);
  CHECK(disk_bytes(4000) > 4096);
  CHECK(disk_bytes(4090) > 8192);
}

}  // namespace pk::cache::test
