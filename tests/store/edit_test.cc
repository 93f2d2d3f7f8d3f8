#include "store/edit.h"

#include "store/codec.h"
#include "store/fixture.h"
#include "store/verify.h"
#include "store/wire.h"

namespace pk::store::test {
namespace {

std::uint64_t all_entries(const std::shared_ptr<Env>& env) {
  std::uint64_t entries = 0;
  for (const Table table :
       {Table::records, Table::requests, Table::responses, Table::traces, Table::nodes, Table::refs})
    entries += entries_of(env, table);
  return entries;
}

std::uint64_t all_bytes(const std::shared_ptr<Env>& env) {
  std::uint64_t bytes = 0;
  for (const Table table : {Table::records, Table::requests, Table::responses, Table::traces, Table::nodes})
    bytes += bytes_of(env, table);
  return bytes;
}

log::LogRecord traced(std::uint64_t n) {
  log::LogRecord record = record_at(k_now_ms, n);
  record.trace_id = "a trace";
  record.request->body = conversation(2 + n);
  return record;
}

}  // namespace

TEST_CASE("A removed record leaves nothing behind, and says what it freed") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, {traced(1)});
  const std::uint64_t before = all_bytes(env);
  WriteTxn txn = must(WriteTxn::begin(*env));
  REQUIRE(must(remove_record(txn, traced(1).id)) == before);
  REQUIRE(must(remove_record(txn, traced(1).id)) == 0);
  must(txn.commit());
  REQUIRE(all_entries(env) == 0);
}

TEST_CASE("A stripped record keeps its statistics and its trace, and says that its content is gone") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, {traced(1), traced(2)});
  WriteTxn txn = must(WriteTxn::begin(*env));
  REQUIRE(must(strip_record(txn, traced(1).id)) > 0);
  REQUIRE(must(strip_record(txn, traced(1).id)) == 0);
  must(txn.commit());
  const LogReader reader(env);
  log::LogRecord expected = traced(1);
  expected.request.reset();
  expected.response.reset();
  expected.replay_blocked_by = log::ReplayBlock::no_content;
  REQUIRE(must(reader.get(expected.id)) == expected);
  REQUIRE(must(reader.get(traced(2).id)) == traced(2));
  REQUIRE(must(reader.trace("a trace")).size() == 2);
  REQUIRE(must(verify(*env)).damaged == 0);
}

TEST_CASE("A content put again takes the place of the first, nodes and all") {
  const TempDir dir;
  const auto env = open_env(dir);
  log::LogRecord record = traced(1);
  write_all(env, {record});
  record.request->body = conversation(1, 3000);
  record.response.reset();
  write_all(env, {record});
  REQUIRE(must(LogReader(env).get(record.id)) == record);
  REQUIRE(must(verify(*env)).damaged == 0);
  REQUIRE(entries_of(env, Table::responses) == 0);
}

TEST_CASE("A record whose row is damaged can be removed with its trace entry") {
  const TempDir dir;
  const auto env = open_env(dir);
  const log::LogRecord record = traced(1);
  write_all(env, {record});
  WriteTxn txn = must(WriteTxn::begin(*env));
  std::string row(*must(txn.get(Table::records, as_view(record.id))));
  row.back() ^= 1;
  must(txn.put(Table::records, as_view(record.id), row));
  REQUIRE(must(remove_record(txn, record.id)) > 0);
  must(txn.commit());
  REQUIRE(all_entries(env) == 0);
}

TEST_CASE("Trace keys sort by time, then by trace") {
  const Uuid early = id_at(k_now_ms);
  const Uuid late = id_at(k_now_ms + (std::int64_t{2} << k_trace_span_shift));
  REQUIRE(trace_key(early, 5).size() == k_trace_key_bytes);
  REQUIRE(trace_key(early, 9) < trace_key(late, 5));
  REQUIRE(trace_key(early, 5) < trace_key(early, 9));
  REQUIRE(trace_hash_key("t").substr(0, 8) == trace_key(early, trace_hash("t")).substr(4, 8));
}

}  // namespace pk::store::test
