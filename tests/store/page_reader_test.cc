#include "store/page_reader.h"

#include <utility>
#include <vector>

#include "base/rng.h"
#include "fixture.h"
#include "store/wire.h"

namespace pk::store {

using namespace test;

namespace {

using Entry = std::pair<std::string, std::string>;

std::vector<Entry> entries(const ReadTxn& txn, Table table) {
  std::vector<Entry> all;
  Cursor cursor = must(Cursor::open(txn, table));
  for (bool more = must(cursor.first()); more; more = must(cursor.next()))
    all.emplace_back(cursor.key(), cursor.value());
  return all;
}

void put(const std::shared_ptr<Env>& env, const std::vector<Entry>& all) {
  WriteTxn txn = must(WriteTxn::begin(*env));
  for (const auto& [key, value] : all) must(txn.put(Table::records, key, value));
  must(txn.commit());
}

// Keys that are no multiple of anything, values of many sizes.
std::vector<Entry> some(std::size_t count, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<Entry> all;
  for (std::size_t i = 0; i < count; ++i) {
    std::string key;
    append_big_endian(key, rng.next());
    append_big_endian(key, rng.next());
    all.emplace_back(key, std::string(rng.next() % 700, static_cast<char>(i)));
  }
  return all;
}

}  // namespace

TEST_CASE("Pages give every value that LMDB gives, in whatever order they are asked for") {
  const std::size_t count = GENERATE(std::size_t{1}, std::size_t{5}, std::size_t{40}, std::size_t{9000});
  CAPTURE(count);
  const TempDir dir;
  const auto env = open_env(dir);
  put(env, some(count, 1));
  const ReadTxn txn = must(ReadTxn::begin(*env));
  auto pages = PageReader::open(txn, Table::records);
  REQUIRE(pages);
  auto all = entries(txn, Table::records);
  REQUIRE(all.size() == count);
  for (const auto& [key, value] : all) REQUIRE(pages->find(key) == value);
  Rng rng(2);
  for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[rng.next() % i]);
  for (const auto& [key, value] : all) REQUIRE(pages->find(key) == value);
}

TEST_CASE("Pages do not find what is not there") {
  const TempDir dir;
  const auto env = open_env(dir);
  {
    const ReadTxn txn = must(ReadTxn::begin(*env));
    auto none = PageReader::open(txn, Table::records);
    CHECK((!none || !none->find("nothing")));
  }
  put(env, some(3000, 1));
  const ReadTxn txn = must(ReadTxn::begin(*env));
  auto pages = PageReader::open(txn, Table::records);
  REQUIRE(pages);
  for (const auto& [key, value] : some(3000, 7)) REQUIRE_FALSE(pages->find(key));
  CHECK_FALSE(pages->find(""));
  CHECK_FALSE(pages->find(std::string(40, '\xff')));
}

TEST_CASE("A value with pages of its own is LMDB's to give, and can be copied") {
  const TempDir dir;
  const auto env = open_env(dir);
  std::string large(50'000, 'l');
  large.replace(0, 5, "first");
  put(env, {{"a", "small"}, {"b", large}});
  const ReadTxn txn = must(ReadTxn::begin(*env));
  auto pages = PageReader::open(txn, Table::records);
  REQUIRE(pages);
  CHECK(pages->find("a") == "small");
  CHECK_FALSE(pages->find("b"));
  for (const std::string key : {"a", "b"}) {
    const auto value = must(txn.get(Table::records, key));
    REQUIRE(value);
    std::string copy(value->size(), '\0');
    CHECK(pages->copy(*value, copy.size(), copy.data()));
    CHECK(copy == *value);
    CHECK_FALSE(pages->copy(*value, value->size() + 1, copy.data()));
  }
}

TEST_CASE("Pages show their snapshot, whatever is written meanwhile") {
  const TempDir dir;
  const auto env = open_env(dir);
  const auto before = some(2000, 1);
  put(env, before);
  const ReadTxn txn = must(ReadTxn::begin(*env));
  auto pages = PageReader::open(txn, Table::records);
  REQUIRE(pages);
  for (int i = 0; i < 5; ++i) {
    auto changed = before;
    for (auto& [key, value] : changed) value = "changed";
    put(env, changed);
  }
  for (const auto& [key, value] : before) REQUIRE(pages->find(key) == value);
  const ReadTxn later = must(ReadTxn::begin(*env));
  CHECK(PageReader::open(later, Table::records)->find(before.front().first) == "changed");
}

TEST_CASE("Pages that are damaged give what they have or nothing, and lead nowhere else") {
  const TempDir dir;
  const auto all = some(3000, 1);
  put(open_env(dir), all);
  const std::string whole = read_file(dir.ledger());
  constexpr std::size_t k_page = 4096;
  const std::uint64_t seed = GENERATE(1, 2, 3, 4, 5, 6);
  CAPTURE(seed);
  const auto env = open_env(dir, Mode::read_only);
  const ReadTxn txn = must(ReadTxn::begin(*env));
  auto pages = PageReader::open(txn, Table::records);
  REQUIRE(pages);
  // In place, so that the file stays the one that is open. LMDB, which believes its pages, is not asked.
  std::fstream file(dir.ledger(), std::ios::binary | std::ios::in | std::ios::out);
  Rng rng(seed);
  for (std::size_t at = 2 * k_page; at + k_page <= whole.size(); at += k_page)
    for (int i = 0; i < 3; ++i) {
      const std::size_t within = i == 0 ? 8 + rng.next() % 200 : rng.next() % k_page;
      file.seekp(static_cast<std::streamoff>(at + within)).put(static_cast<char>(rng.next()));
    }
  file.flush();
  std::size_t found = 0;
  for (const auto& [key, value] : all)
    if (const auto got = pages->find(key)) found += got->size();
  CHECK(found < all.size() * k_page);
  write_file(dir.ledger(), whole.substr(0, 3 * k_page));  // cut
  for (const auto& [key, value] : all) static_cast<void>(pages->find(key));
}

}  // namespace pk::store
