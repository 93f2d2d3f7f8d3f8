#include "store/weigh.h"

#include "store/edit.h"
#include "store/fixture.h"

namespace pk::store::test {
namespace {

std::vector<log::LogRecord> agent_turns() {
  std::vector<log::LogRecord> records;
  for (std::uint64_t n = 0; n < 10; ++n) {
    records.push_back(record_at(k_now_ms, n));
    records.back().trace_id = "a trace";
    records.back().request->body = conversation(2 + n);
  }
  return records;
}

constexpr std::size_t k_order[] = {3, 9, 0, 1, 2, 8, 4, 7, 5, 6};

}  // namespace

TEST_CASE("What a removal would free, weighed, is what it frees") {
  const TempDir dir;
  const auto env = open_env(dir);
  const std::vector<log::LogRecord> records = agent_turns();
  write_all(env, records);
  for (const std::size_t i : k_order) {
    const Uuid id = records[i].id;
    const bool strip = i % 3 == 0;
    const ReadTxn reader = must(ReadTxn::begin(*env));
    GhostRefs refs;
    const std::uint64_t weighed =
        must(strip ? weigh_strip(reader, id, refs) : weigh_removal(reader, id, refs));
    WriteTxn txn = must(WriteTxn::begin(*env));
    REQUIRE(must(strip ? strip_record(txn, id) : remove_record(txn, id)) == weighed);
    must(txn.commit());
  }
  REQUIRE(entries_of(env, Table::nodes) == 0);
}

TEST_CASE("Weighed one after the other without doing it, all together free what is stored") {
  const TempDir dir;
  const auto env = open_env(dir);
  const std::vector<log::LogRecord> records = agent_turns();
  write_all(env, records);
  const ReadTxn reader = must(ReadTxn::begin(*env));
  GhostRefs refs;
  std::uint64_t weighed = 0;
  for (const std::size_t i : k_order) weighed += must(weigh_removal(reader, records[i].id, refs));
  std::uint64_t stored = 0;
  for (const Table table : {Table::records, Table::requests, Table::responses, Table::traces, Table::nodes})
    stored += bytes_of(env, table);
  REQUIRE(weighed == stored);
  REQUIRE(refs.empty());
}

}  // namespace pk::store::test
