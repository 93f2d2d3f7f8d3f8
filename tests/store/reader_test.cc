#include "store/reader.h"

#include <algorithm>
#include <set>

#include "store/block.h"
#include "store/codec.h"
#include "store/column_maker.h"
#include "store/fixture.h"
#include "store/txn.h"
#include "store/wire.h"

namespace pk::store::test {
namespace {

std::vector<Uuid> scan(const LogReader& reader, const Range& range, std::size_t most = SIZE_MAX) {
  std::vector<Uuid> ids;
  const std::size_t visited = must(reader.scan(range, most, [&](const log::LogRecord& record) {
    ids.push_back(record.id);
    return true;
  }));
  REQUIRE(visited == ids.size());
  return ids;
}

}  // namespace

TEST_CASE("A range is read in either order, over pages, with its ends as they say") {
  const TempDir dir;
  const auto env = open_env(dir);
  std::vector<log::LogRecord> records;
  std::vector<Uuid> ids;
  for (std::uint64_t n = 0; n < 700; ++n) {
    records.push_back(record_at(k_now_ms + static_cast<std::int64_t>(n)));
    ids.push_back(records.back().id);
  }
  write_all(env, records);
  const LogReader reader(env);
  const auto slice = [&](std::size_t from, std::size_t to) {
    return std::vector<Uuid>(ids.begin() + from, ids.begin() + to);
  };
  for (const auto& [from, before] :
       {std::pair{0, 700}, {0, 0}, {10, 11}, {10, 266}, {0, 256}, {5, 517}, {256, 512}, {699, 700}}) {
    INFO(from << " " << before);
    const Uuid end = before == 700 ? id_at(k_now_ms + 700) : ids[before];
    std::vector<Uuid> expected = slice(from, before);
    REQUIRE(scan(reader, {ids[from], end, Order::oldest_first}) == expected);
    std::reverse(expected.begin(), expected.end());
    REQUIRE(scan(reader, {ids[from], end, Order::newest_first}) == expected);
  }
  REQUIRE(scan(reader, {{}, {}, Order::oldest_first}) == ids);
  REQUIRE(scan(reader, {{}, {}, Order::oldest_first}, 3) == slice(0, 3));
  REQUIRE(scan(reader, {}, 0).empty());
  REQUIRE(scan(reader, {{}, {}, Order::oldest_first}, 256) == slice(0, 256));
  REQUIRE(scan(reader, {{}, {}, Order::newest_first}, 1) == slice(699, 700));
  REQUIRE(must(reader.count()) == 700);
}

TEST_CASE(
    "A scan ends within a page of nobody waiting for it, also where nothing it reads is called back with") {
  const TempDir dir;
  const auto env = open_env(dir);
  std::vector<log::LogRecord> records;
  for (std::int64_t n = 0; n < 1'000; ++n) records.push_back(record_at(k_now_ms + n));
  write_all(env, records);
  // Takes nothing of what it is shown.
  struct Rows final : ColumnVisitor {
    bool block(const Block&, BlockMask&) override { return false; }
    bool row(const log::LogRecord&) override { return ++seen > 0; }
    bool damaged(Error) override { return true; }
    std::size_t seen = 0;
  } rows;
  LogReader reader(env);
  std::size_t pages_left = 2, seen = 0;
  reader.set_given_up([&] { return pages_left-- == 0; });
  const auto scanned = reader.scan({}, SIZE_MAX, [&](const log::LogRecord&) { return ++seen > 0; });
  REQUIRE_FALSE(scanned);
  CHECK(scanned.error().code == Errc::cancelled);
  CHECK(seen > 0);
  CHECK(seen < 1'000);
  pages_left = 2;
  const auto by_column = reader.scan_columns({}, rows);
  REQUIRE_FALSE(by_column);
  CHECK(by_column.error().code == Errc::cancelled);
  CHECK(rows.seen > 0);
  CHECK(rows.seen < 1'000);
  pages_left = 0;
  const auto ids = reader.scan_ids({}, [](const Uuid&) { return true; });
  REQUIRE_FALSE(ids);
  CHECK(ids.error().code == Errc::cancelled);
  pages_left = 100;
  must(reader.scan_columns({}, rows));
}

TEST_CASE("A row that is not wanted is not given, but for its damage") {
  const TempDir dir;
  const auto env = open_env(dir);
  std::vector<log::LogRecord> records;
  for (std::int64_t n = 0; n < 10'000; ++n) records.push_back(record_at(k_now_ms + n));
  write_all(env, records);
  {
    WriteTxn txn = must(WriteTxn::begin(*env));
    std::string row(*must(txn.get(Table::records, as_view(records[5003].id))));
    row.back() ^= 1;
    must(txn.put(Table::records, as_view(records[5003].id), row));
    must(txn.commit());
  }
  struct Some final : ColumnVisitor {
    bool block(const Block&, BlockMask&) override { return false; }
    bool may_want(std::string_view) override { return ++looks % 1000 == 0; }
    bool row(const log::LogRecord&) override { return ++seen > 0; }
    bool damaged(Error) override { return ++broken > 0; }
    std::size_t looks = 0, seen = 0, broken = 0;
  } some;
  must(LogReader(env).scan_columns({}, some));
  CHECK(some.looks == records.size());
  CHECK(some.seen == records.size() / 1000);
  CHECK(some.broken == 1);
}

TEST_CASE("Where the ids of a block are damaged, no record that it chose is missed") {
  const TempDir dir;
  const auto env = open_env(dir);
  std::vector<log::LogRecord> records;
  for (std::size_t n = 0; n < k_block_records; ++n)
    records.push_back(record_at(k_now_ms + static_cast<std::int64_t>(n), n));
  write_all(env, records);
  must(make_columns(*env, k_now_ms + k_day_ms));
  const Order order = GENERATE(Order::newest_first, Order::oldest_first);
  const std::size_t every = GENERATE(10, 35);                 // few enough, and each is read by itself
  const std::size_t chosen = every * GENERATE(0, 2, 20, 58);  // whose id is damaged
  const std::size_t byte = GENERATE(0, 5, 8, 15);
  const auto damage = [&] {
    WriteTxn txn = must(WriteTxn::begin(*env));
    const std::string key = first_key(txn, Table::columns);
    std::string block(*must(txn.get(Table::columns, key)));
    const auto ids = Block::view(key, block)->ids();
    REQUIRE(nth_id(*ids, chosen) == records[chosen].id);
    block[static_cast<std::size_t>(ids->data() - block.data()) + chosen * sizeof(Uuid) + byte] ^= 0x40;
    must(txn.put(Table::columns, key, block));
    must(txn.commit());
  };
  struct Some final : ColumnVisitor {
    explicit Some(std::size_t nth) : every(nth) {}
    bool block(const Block&, BlockMask& mask) override {
      BlockMask wanted;
      wanted.set_all(mask.size(), false);
      wanted.set_each([this](std::size_t i) { return i % every == 0; });
      mask.keep(wanted);
      return true;
    }
    bool row(const log::LogRecord& record) override { return seen.insert(record.id).second; }
    bool damaged(Error) override { return false; }
    const std::size_t every;
    std::set<Uuid> seen;
  } sound(every), damaged(every);
  must(LogReader(env).scan_columns({{}, {}, order}, sound));
  CHECK(sound.seen.size() == (k_block_records + every - 1) / every);
  damage();
  must(LogReader(env).scan_columns({{}, {}, order}, damaged));
  CHECK(std::ranges::includes(damaged.seen, sound.seen));
}

TEST_CASE("A visitor stops the scan when it has enough") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, {record_at(k_now_ms), record_at(k_now_ms + 1), record_at(k_now_ms + 2)});
  int left = 2;
  REQUIRE(must(LogReader(env).scan({}, SIZE_MAX, [&](const log::LogRecord&) { return --left > 0; })) == 2);
}

TEST_CASE("An empty ledger reads as empty") {
  const TempDir dir;
  const LogReader reader(open_env(dir));
  REQUIRE(scan(reader, {}).empty());
  REQUIRE_FALSE(must(reader.newest(1)));
  REQUIRE_FALSE(must(reader.get(id_at(1))));
  REQUIRE(must(reader.find("0", 5)).empty());
  REQUIRE(must(reader.trace("t")).empty());
  REQUIRE(must(reader.count()) == 0);
}

TEST_CASE("A damaged row ends the scan with its id, after the rows before it were visited") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, {record_at(k_now_ms), record_at(k_now_ms + 1), record_at(k_now_ms + 2)});
  const Uuid broken = id_at(k_now_ms + 1);
  {
    WriteTxn txn = must(WriteTxn::begin(*env));
    std::string row(*must(txn.get(Table::records, as_view(broken))));
    row.back() ^= 1;
    must(txn.put(Table::records, as_view(broken), row));
    must(txn.commit());
  }
  const LogReader reader(env);
  std::size_t visited = 0;
  const auto scanned = reader.scan({}, SIZE_MAX, [&](const log::LogRecord&) { return ++visited > 0; });
  REQUIRE_FALSE(scanned);
  REQUIRE(scanned.error().code == Errc::corrupt);
  REQUIRE(scanned.error().message.find(broken.text()) != std::string::npos);
  REQUIRE(visited == 1);
  REQUIRE(scan(reader, {{}, broken, Order::newest_first}).size() == 1);  // past it
  REQUIRE_FALSE(reader.get(broken));
}

TEST_CASE("The newest ones are counted from 1") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, {record_at(k_now_ms), record_at(k_now_ms + 1)});
  const LogReader reader(env);
  REQUIRE(must(reader.newest(1)) == id_at(k_now_ms + 1));
  REQUIRE(must(reader.newest(2)) == id_at(k_now_ms));
  REQUIRE_FALSE(must(reader.newest(3)));
  REQUIRE_FALSE(must(reader.newest(0)));
}

TEST_CASE("An id is found by its beginning, else by any part of it") {
  const TempDir dir;
  const auto env = open_env(dir);
  const auto id = [](const char* text) { return *Uuid::parse(text); };
  const Uuid a = id("018e0a3c-5c00-7000-8000-00000000abcd");
  const Uuid b = id("018e0a3c-5c01-7000-8000-00000000abce");
  const Uuid c = id("018fffff-0000-7000-8000-0000018e0a3c");
  std::vector<log::LogRecord> records;
  for (const Uuid& one : {a, b, c}) {
    records.push_back(record_at(k_now_ms));
    records.back().id = one;
  }
  write_all(env, records);
  const LogReader reader(env);
  REQUIRE(must(reader.find("018e0a3c", 5)) ==
          std::vector<Uuid>{b, a});  // c, which has it later on, is not meant
  REQUIRE(must(reader.find("018e0a3c-5c00", 5)) == std::vector<Uuid>{a});
  REQUIRE(must(reader.find("018e0a3c-", 1)) == std::vector<Uuid>{b});
  REQUIRE(must(reader.find(a.text(), 5)) == std::vector<Uuid>{a});
  REQUIRE(must(reader.find("00abc", 5)) == std::vector<Uuid>{b, a});
  REQUIRE(must(reader.find("abce", 5)) == std::vector<Uuid>{b});
  REQUIRE(must(reader.find("-8000-", 2)) == std::vector<Uuid>{c, b});
  for (const char* none :
       {"", "ABCE", "xyz", "018e0a3c5c", "018e0a3c-5c00-7000-8000-00000000abcd0", "abcf"}) {
    INFO(none);
    REQUIRE(must(reader.find(none, 5)).empty());
  }
}

TEST_CASE("The records of a trace are found over any time, its own id's too") {
  const TempDir dir;
  const auto env = open_env(dir);
  std::vector<log::LogRecord> records;
  for (std::int64_t day = 0; day < 40; ++day) {
    records.push_back(record_at(k_now_ms + day * k_day_ms));
    if (day % 4 == 0)
      records.back().trace_id = "session " + std::string(600, 'x');  // longer than a key may be
    if (day % 4 == 1) records.back().trace_id = "other";
  }
  records[2].trace_id = records[6].trace_id;  // a trace id that is another record's id
  write_all(env, records);
  const LogReader reader(env);
  const std::vector<Uuid> found = must(reader.trace(records[0].trace_id));
  REQUIRE(found.size() == 10);
  REQUIRE(found.front() == records[36].id);
  REQUIRE(found.back() == records[0].id);
  REQUIRE(must(reader.trace(records[6].trace_id)) == std::vector<Uuid>{records[6].id, records[2].id});
  REQUIRE(must(reader.trace("other")).size() == 10);
  REQUIRE(must(reader.trace("nobody")).empty());
}

}  // namespace pk::store::test
