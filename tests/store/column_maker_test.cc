#include "store/column_maker.h"

#include <thread>

#include "fixture.h"
#include "store/block.h"
#include "store/column_marks.h"
#include "store/feedback.h"
#include "store/prune.h"
#include "store/verify.h"
#include "store/wire.h"

namespace pk::store {

using namespace test;

namespace {

// In the future, so that a writer, which makes columns too, leaves these records to the test.
constexpr std::int64_t k_start_ms = 4'000'000'000'000;

std::vector<log::LogRecord> records(std::size_t n, std::int64_t from_ms = k_start_ms) {
  std::vector<log::LogRecord> out;
  for (std::size_t i = 0; i < n; ++i) {
    out.push_back(record_at(from_ms + static_cast<std::int64_t>(i), i));
    out.back().request.reset();
    out.back().response.reset();
  }
  return out;
}

struct Shape {
  std::vector<std::size_t> blocks;  // records of each
  std::size_t marks = 0;
  bool operator==(const Shape&) const = default;
};

Shape shape_of(const std::shared_ptr<Env>& env) {
  Shape shape;
  const ReadTxn txn = must(ReadTxn::begin(*env));
  Cursor cursor = must(Cursor::open(txn, Table::columns));
  for (bool more = must(cursor.first()); more; more = must(cursor.next())) {
    const auto block = Block::view(cursor.key(), cursor.value());
    if (block)
      shape.blocks.push_back(block->size());
    else
      ++shape.marks;
  }
  return shape;
}

void require_sound(const std::shared_ptr<Env>& env) {
  const VerifyReport report = must(verify(*env));
  CAPTURE(report.damage);
  REQUIRE(report.damaged == 0);
}

constexpr std::int64_t k_later_ms = k_start_ms + k_day_ms;

}  // namespace

TEST_CASE("Blocks are made of records that have come to rest, the newest stay rows") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, records(2 * k_block_records + 100));
  must(make_columns(*env, k_start_ms));
  CHECK(shape_of(env) == Shape{});
  must(make_columns(*env, k_later_ms));
  CHECK(shape_of(env) == Shape{{k_block_records, k_block_records}});
  require_sound(env);
}

TEST_CASE("A step makes one block") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, records(2 * k_block_records));
  ColumnMaker maker(*env);
  CHECK(must(maker.step(k_later_ms)));
  CHECK(shape_of(env).blocks.size() == 1);
  CHECK(must(maker.step(k_later_ms)));
  CHECK_FALSE(must(maker.step(k_later_ms)));
  CHECK(shape_of(env).blocks.size() == 2);
}

TEST_CASE("A block that an older pk made is no damage, and is made anew") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, records(k_block_records));
  must(make_columns(*env, k_later_ms));
  {
    WriteTxn txn = must(WriteTxn::begin(*env));
    const std::string key = first_key(txn, Table::columns);
    std::string block(*must(txn.get(Table::columns, key)));
    block[k_sum_bytes] = k_block_version - 1;
    std::uint32_t head_bytes = 0;
    std::memcpy(&head_bytes, block.data() + k_sum_bytes + 4, sizeof head_bytes);
    seal(key, block.data(), head_bytes);
    must(txn.put(Table::columns, key, block));
    must(txn.commit());
  }
  CHECK(shape_of(env).blocks.empty());
  require_sound(env);
  must(make_columns(*env, k_later_ms));
  CHECK(shape_of(env) == Shape{{k_block_records}});
  require_sound(env);
}

TEST_CASE("Where there are many lists of free pages, small blocks are joined once nobody writes") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, records(k_blocks_joined * k_block_records));
  ColumnMaker maker(*env);
  for (std::size_t i = 0; i < k_blocks_joined; ++i) CHECK(must(maker.step(k_later_ms)));
  {
    // What a transaction frees stays in a list of its own as long as somebody may still read it.
    const ReadTxn reader = must(ReadTxn::begin(*env));
    for (std::uint64_t i = 0; i < 2 * k_joining_free_lists; ++i) {
      WriteTxn txn = must(WriteTxn::begin(*env));
      must(txn.put(Table::meta, "a test's", std::to_string(i)));
      must(txn.commit());
    }
    CHECK(must(must(ReadTxn::begin(*env)).free_lists()) > k_joining_free_lists);
  }
  CHECK_FALSE(must(maker.step(k_later_ms)));
  CHECK(shape_of(env).blocks.size() == k_blocks_joined);
  CHECK(must(maker.step(k_later_ms, true)));
  CHECK(shape_of(env) == Shape{{k_blocks_joined * k_block_records}});
}

TEST_CASE("Many requests that are still open keep a block waiting") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, records(k_block_records));
  WriterOptions options;
  options.open_rest = std::chrono::milliseconds(0);
  auto writer = must(LogWriter::start(env, options));
  std::vector<log::LogRecord> open;
  for (std::size_t i = 0; i <= k_block_open_max; ++i) {
    open.push_back(record_at(k_start_ms + 7, 100'000 + i));
    REQUIRE(writer->open(open.back()) > 0);
  }
  while (entries_of(env, Table::open) < open.size()) std::this_thread::yield();
  must(make_columns(*env, k_later_ms));
  CHECK(shape_of(env) == Shape{});
  for (const auto& record : open) REQUIRE(writer->close(record) > 0);
  writer->stop();
  must(make_columns(*env, k_later_ms));
  CHECK(shape_of(env).blocks.size() == 1);
  require_sound(env);
}

TEST_CASE("A late record gets a mark, and many marks make the block anew with them") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, records(k_block_records));
  must(make_columns(*env, k_later_ms));
  std::vector<log::LogRecord> late;
  for (std::size_t i = 0; i < k_block_stale_marks; ++i)
    late.push_back(record_at(k_start_ms + 5, 100'000 + i));
  write_all(env, {late.begin(), late.end() - 1});
  CHECK(shape_of(env) == Shape{{k_block_records}, late.size() - 1});
  must(make_columns(*env, k_later_ms));
  CHECK(shape_of(env) == Shape{{k_block_records}, late.size() - 1});
  write_all(env, {late.back()});
  must(make_columns(*env, k_later_ms));
  CHECK(shape_of(env) == Shape{{k_block_records + late.size()}, 0});
  require_sound(env);
}

TEST_CASE("More marks than a block may have drop it, and it is made again") {
  const TempDir dir;
  const auto env = open_env(dir);
  const auto all = records(2 * k_block_records);
  write_all(env, all);
  must(make_columns(*env, k_later_ms));
  std::vector<Uuid> gone;
  for (std::size_t i = 0; i <= k_block_marks_max; ++i) gone.push_back(all[10 + i].id);
  CHECK(must(remove(*env, gone)) == gone.size());
  CHECK(shape_of(env) == Shape{{k_block_records}, 0});
  require_sound(env);
  must(make_columns(*env, k_later_ms));
  CHECK(shape_of(env) == Shape{{k_block_records - gone.size(), k_block_records}, 0});
  require_sound(env);
}

TEST_CASE("Eight small blocks that follow each other become one, the rest stay small") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, records((k_blocks_joined + 2) * k_block_records + 5));
  must(make_columns(*env, k_later_ms));
  CHECK(shape_of(env) == Shape{{k_blocks_joined * k_block_records, k_block_records, k_block_records}, 0});
  require_sound(env);
}

TEST_CASE("Marks stay when blocks are joined, and many of them make a joined block into small ones") {
  const TempDir dir;
  const auto env = open_env(dir);
  const auto all = records(k_blocks_joined * k_block_records);
  write_all(env, {all.begin(), all.end() - 1});
  must(make_columns(*env, k_later_ms));
  std::vector<Uuid> gone;
  for (std::size_t i = 0; i < 3; ++i) gone.push_back(all[i * 5000].id);
  CHECK(must(remove(*env, gone)) == gone.size());
  write_all(env, {all.back()});
  must(make_columns(*env, k_later_ms));
  CHECK(shape_of(env) == Shape{{all.size()}, gone.size()});
  require_sound(env);

  std::vector<Uuid> more;
  for (std::size_t i = 1; i + gone.size() <= k_joined_stale_marks; ++i) more.push_back(all[i * 100].id);
  CHECK(must(remove(*env, more)) == more.size());
  must(make_columns(*env, k_later_ms));
  const Shape shape = shape_of(env);
  CHECK(shape.marks == 0);
  CHECK(shape.blocks.front() == k_block_records);
  require_sound(env);
}

TEST_CASE("A block with a damaged column is not joined, and those around it are left as they are") {
  const TempDir dir;
  const auto env = open_env(dir);
  const auto all = records(k_blocks_joined * k_block_records);
  write_all(env, {all.begin(), all.end() - 1});
  must(make_columns(*env, k_later_ms));
  {
    WriteTxn txn = must(WriteTxn::begin(*env));
    const std::string key = first_key(txn, Table::columns);
    std::string block(*must(txn.get(Table::columns, key)));
    block.back() ^= 1;
    must(txn.put(Table::columns, key, block));
    must(txn.commit());
  }
  write_all(env, {all.back()});
  must(make_columns(*env, k_later_ms));
  CHECK(shape_of(env).blocks == std::vector<std::size_t>(k_blocks_joined, k_block_records));
  CHECK(must(verify(*env)).damaged == 1);
}

TEST_CASE("A prune of all that is old takes its columns along") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, records(3 * k_block_records));
  must(make_columns(*env, k_later_ms));
  PruneRules rules;
  rules.now_ms = k_later_ms;
  rules.older_than_ms = 0;
  rules.keep_last = k_block_records;
  CHECK(must(prune(*env, rules)).removed == 2 * k_block_records);
  CHECK(shape_of(env) == Shape{{k_block_records}, 0});
  require_sound(env);
}

TEST_CASE("A strip leaves columns as they are") {
  const TempDir dir;
  const auto env = open_env(dir);
  auto all = records(k_block_records);
  all[3].request = log::Content{{}, "{}"};
  write_all(env, all);
  must(make_columns(*env, k_later_ms));
  PruneRules rules;
  rules.now_ms = k_start_ms + 40 * k_day_ms;
  rules.tier = Tier::production;
  CHECK(must(prune(*env, rules)).stripped == 1);
  CHECK(shape_of(env) == Shape{{k_block_records}, 0});
  require_sound(env);
}

TEST_CASE("A row that cannot be read is marked, so that who reads names it") {
  const TempDir dir;
  const auto env = open_env(dir);
  const auto all = records(k_block_records);
  write_all(env, all);
  {
    WriteTxn txn = must(WriteTxn::begin(*env));
    std::string row(*must(txn.get(Table::records, as_view(all[7].id))));
    row.back() ^= 1;
    must(txn.put(Table::records, as_view(all[7].id), row));
    must(txn.commit());
  }
  must(make_columns(*env, k_later_ms));
  CHECK(shape_of(env) == Shape{{k_block_records - 1}, 1});
  const VerifyReport report = must(verify(*env));
  CHECK(report.damaged == 1);
}

TEST_CASE("Damaged columns are named by verify, and made anew") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, records(2 * k_block_records));
  must(make_columns(*env, k_later_ms));
  const std::size_t at = GENERATE(0, 9, 24, 40, 900, 3000, 20'000);
  {
    WriteTxn txn = must(WriteTxn::begin(*env));
    const std::string key = first_key(txn, Table::columns);
    std::string block(*must(txn.get(Table::columns, key)));
    REQUIRE(at < block.size());
    block[at] ^= 0x10;
    must(txn.put(Table::columns, key, block));
    must(txn.commit());
  }
  const VerifyReport report = must(verify(*env));
  CAPTURE(at);
  REQUIRE(report.damaged == 1);
  CHECK(report.damage[0].find("columns from log 00000000") != std::string::npos);
}

TEST_CASE("Rows that a block does not know of are noticed by verify") {
  const TempDir dir;
  const auto env = open_env(dir);
  const auto all = records(k_block_records);
  write_all(env, all);
  must(make_columns(*env, k_later_ms));
  WriteTxn txn = must(WriteTxn::begin(*env));
  const std::string row(*must(txn.get(Table::records, as_view(all[7].id))));
  must(txn.remove(Table::records, as_view(all[7].id)));
  must(txn.commit());
  CHECK(must(verify(*env)).damaged == 1);
}

}  // namespace pk::store
