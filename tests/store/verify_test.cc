#include "store/verify.h"

#include "store/codec.h"
#include "store/edit.h"
#include "store/feedback.h"
#include "store/fixture.h"
#include "store/txn.h"
#include "store/wire.h"

namespace pk::store::test {
namespace {

void fill_ledger(const std::shared_ptr<Env>& env) {
  std::vector<log::LogRecord> records;
  for (std::uint64_t n = 1; n <= 3; ++n) {
    records.push_back(record_at(k_now_ms, n));
    records.back().trace_id = "trace";
    records.back().request->body = conversation(n);
  }
  write_all(env, records);
  const std::vector<Feedback> some = {{id_at(k_now_ms), "trace", 5, 1, {}, "", k_now_ms}};
  must(add_feedback(*env, some));
}

}  // namespace

TEST_CASE("A sound ledger has no damage, and its parts are counted") {
  const TempDir dir;
  const auto env = open_env(dir);
  fill_ledger(env);
  const VerifyReport report = must(verify(*env));
  REQUIRE(report.damaged == 0);
  REQUIRE(report.damage.empty());
  REQUIRE(report.records == 3);
  REQUIRE(report.contents == 6);
  REQUIRE(report.nodes > 2);
  REQUIRE(report.feedback == 1);
  REQUIRE(must(verify(*open_env(TempDir()))).records == 0);
}

TEST_CASE("An entry missing from any table is found") {
  for (const Table table : {Table::records, Table::requests, Table::responses, Table::traces, Table::nodes,
                            Table::refs, Table::feedback, Table::feedback_traces, Table::counters}) {
    const TempDir dir;
    const auto env = open_env(dir);
    fill_ledger(env);
    WriteTxn txn = must(WriteTxn::begin(*env));
    REQUIRE(must(txn.remove(table, first_key(txn, table))));
    must(txn.commit());
    INFO("table " << static_cast<int>(table));
    const VerifyReport report = must(verify(*env));
    REQUIRE(report.damaged > 0);
    REQUIRE_FALSE(report.damage.empty());
  }
}

TEST_CASE("A value changed in any table with sums is found") {
  for (const Table table : {Table::records, Table::requests, Table::responses, Table::nodes, Table::refs,
                            Table::feedback, Table::counters}) {
    const TempDir dir;
    const auto env = open_env(dir);
    fill_ledger(env);
    WriteTxn txn = must(WriteTxn::begin(*env));
    const std::string key = first_key(txn, table);
    std::string value(*must(txn.get(table, key)));
    value[value.size() / 2] = static_cast<char>(value[value.size() / 2] ^ 0x08);
    must(txn.put(table, key, value));
    must(txn.commit());
    INFO("table " << static_cast<int>(table));
    REQUIRE(must(verify(*env)).damaged > 0);
  }
}

TEST_CASE("The list of damage is bounded, its count is not") {
  const TempDir dir;
  const auto env = open_env(dir);
  WriteTxn txn = must(WriteTxn::begin(*env));
  for (std::uint64_t n = 0; n < 3 * k_damage_listed_max; ++n)
    must(txn.put(Table::records, as_view(id_at(k_now_ms, n)), "rubbish"));
  must(txn.commit());
  const VerifyReport report = must(verify(*env));
  REQUIRE(report.damaged == 3 * k_damage_listed_max);
  REQUIRE(report.damage.size() == k_damage_listed_max);
}

}  // namespace pk::store::test
