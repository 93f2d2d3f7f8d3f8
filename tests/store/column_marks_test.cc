#include "store/column_marks.h"

#include "fixture.h"
#include "store/column_maker.h"

namespace pk::store {

using namespace test;

namespace {

// In the future, so that a writer, which makes columns too, leaves these records to the test.
constexpr std::int64_t k_start_ms = 4'000'000'000'000;
constexpr std::int64_t k_later_ms = k_start_ms + k_day_ms;

// A ledger of one block, and records after it.
struct Fixture {
  Fixture() : env(open_env(dir)) {
    for (std::size_t i = 0; i < k_block_records + 5; ++i)
      records.push_back(record_at(k_start_ms + static_cast<std::int64_t>(i), i));
    write_all(env, records);
    must(make_columns(*env, k_later_ms));
  }
  void mark(const std::vector<Uuid>& ids) {
    WriteTxn txn = must(WriteTxn::begin(*env));
    for (const Uuid& id : ids) must(mark_changed(txn, id));
    must(txn.commit());
  }
  TempDir dir;
  std::shared_ptr<Env> env;
  std::vector<log::LogRecord> records;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "What no block covers gets no mark") {
  REQUIRE(entries_of(env, Table::columns) == 1);
  mark({records.back().id, id_at(k_later_ms), records[k_block_records].id});
  CHECK(entries_of(env, Table::columns) == 1);
}

TEST_CASE_METHOD(Fixture, "A mark is there once, in any order of asking") {
  mark({records.back().id, records[7].id, records[3].id, records[7].id});
  CHECK(entries_of(env, Table::columns) == 3);
  mark({records[7].id});
  CHECK(entries_of(env, Table::columns) == 3);
}

TEST_CASE_METHOD(Fixture, "The mark that is one too many drops the block with the others") {
  std::vector<Uuid> ids;
  for (std::size_t i = 0; i < k_block_marks_max; ++i) ids.push_back(records[2 * i].id);
  mark(ids);
  CHECK(entries_of(env, Table::columns) == k_block_marks_max + 1);
  mark({records[1].id});
  CHECK(entries_of(env, Table::columns) == 0);
  mark({records[1].id});
  CHECK(entries_of(env, Table::columns) == 0);
}

}  // namespace pk::store
