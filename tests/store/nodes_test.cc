#include "store/nodes.h"

#include "store/fixture.h"
#include "store/prune.h"
#include "store/verify.h"
#include "store/wire.h"

namespace pk::store::test {
namespace {

log::LogRecord turn(std::size_t turns) {
  log::LogRecord record = record_at(k_now_ms + static_cast<std::int64_t>(turns), turns);
  record.request->body = conversation(turns);
  return record;
}

std::uint64_t stored_bytes(const std::shared_ptr<Env>& env) {
  return bytes_of(env, Table::nodes) + bytes_of(env, Table::refs) + bytes_of(env, Table::requests);
}

}  // namespace

TEST_CASE("A hundred turns cost about their new text, and each comes back byte for byte") {
  const TempDir dir;
  const auto env = open_env(dir);
  std::vector<log::LogRecord> records;
  std::size_t sent = 0;
  for (std::size_t turns = 1; turns <= 100; ++turns) {
    records.push_back(turn(turns));
    sent += records.back().request->body.size();
  }
  write_all(env, records);
  REQUIRE(sent > 7'000'000);
  REQUIRE(stored_bytes(env) <
          records.back().request->body.size());  // all of it for less than the last one alone
  for (const log::LogRecord& record : records)
    REQUIRE(must(LogReader(env).get(record.id))->request == record.request);
  REQUIRE(must(verify(*env)).damaged == 0);
}

TEST_CASE("A next turn adds its own nodes and one count") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, {turn(50)});
  const std::uint64_t nodes = entries_of(env, Table::nodes);
  const std::uint64_t bytes = stored_bytes(env);
  write_all(env, {turn(51)});
  REQUIRE(entries_of(env, Table::nodes) <= nodes + 3);
  REQUIRE(stored_bytes(env) - bytes < 1500);
  // The same again, as a retry sends it: no node at all.
  const std::uint64_t after = entries_of(env, Table::nodes);
  log::LogRecord again = turn(51);
  again.id = id_at(k_now_ms + 1000);
  again.trace_id = again.id.text();
  write_all(env, {again});
  REQUIRE(entries_of(env, Table::nodes) == after);
  REQUIRE(must(verify(*env)).damaged == 0);
}

TEST_CASE("Whatever the order in which turns go, the last one takes all nodes with it") {
  const std::vector<std::vector<std::size_t>> orders = {{1, 2, 3, 4}, {4, 3, 2, 1}, {2, 4, 1, 3}};
  for (const auto& order : orders) {
    const TempDir dir;
    const auto env = open_env(dir);
    write_all(env, {turn(1), turn(2), turn(3), turn(4)});
    for (const std::size_t turns : order) {
      const std::vector<Uuid> ids = {turn(turns).id};
      REQUIRE(must(remove(*env, ids)) == 1);
      REQUIRE(must(verify(*env)).damaged == 0);
    }
    REQUIRE(entries_of(env, Table::nodes) == 0);
    REQUIRE(entries_of(env, Table::refs) == 0);
    REQUIRE(entries_of(env, Table::requests) == 0);
  }
}

TEST_CASE("A missing or foreign node is named, not made up") {
  const TempDir dir;
  const auto env = open_env(dir);
  const log::LogRecord record = turn(3);
  write_all(env, {record});
  {
    WriteTxn txn = must(WriteTxn::begin(*env));
    const std::string key = first_key(txn, Table::nodes);
    REQUIRE(must(txn.remove(Table::nodes, key)));
    must(txn.commit());
  }
  const auto read = LogReader(env).get(record.id);
  REQUIRE_FALSE(read);
  REQUIRE(read.error().code == Errc::corrupt);
  REQUIRE(read.error().message.find(record.id.text()) != std::string::npos);
  REQUIRE(must(verify(*env)).damaged > 0);
  // Damaged records can still be let go of.
  const std::vector<Uuid> ids = {record.id};
  REQUIRE(must(remove(*env, ids)) == 1);
}

}  // namespace pk::store::test
