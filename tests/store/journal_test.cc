#include "store/journal.h"

#include "store/fixture.h"
#include "store/locks.h"

namespace pk::store::test {
namespace {

std::vector<std::string> noted(const std::shared_ptr<Env>& env, std::uint32_t round) {
  const ReadTxn txn = must(ReadTxn::begin(*env));
  Cursor cursor = must(Cursor::open(txn, Table::changes));
  std::vector<std::string> out;
  for (bool more = must(cursor.first()); more; more = must(cursor.next()))
    if (const auto change = change_of(round, cursor.key()))
      out.push_back(std::to_string(static_cast<int>(change->table)) + " " + std::string(change->key));
  return out;
}

std::string name(Table table, const std::string& key) {
  return std::to_string(static_cast<int>(table)) + " " + key;
}

}  // namespace

TEST_CASE("Nothing is noted while nobody compacts") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, {record_at(k_now_ms)});
  REQUIRE(entries_of(env, Table::changes) == 0);
}

TEST_CASE("Each change is noted once in its round, whatever it was, and one that is undone is not") {
  const TempDir dir;
  const auto env = open_env(dir);
  const FileLock lock = must(take_compact_lock(dir.path()));
  must(begin_round(*env, 1));
  {
    WriteTxn txn = must(WriteTxn::begin(*env));
    must(txn.put(Table::counters, "a", "1"));
    must(txn.put(Table::counters, "a", "2"));
    REQUIRE(must(txn.put_new(Table::refs, "b", "1")));
    REQUIRE_FALSE(must(txn.put_new(Table::refs, "b", "2")));
    REQUIRE(must(txn.remove(Table::counters, "a")));
    REQUIRE_FALSE(must(txn.remove(Table::counters, "c")));
    must(txn.commit());
  }
  {
    WriteTxn undone = must(WriteTxn::begin(*env));
    must(undone.put(Table::counters, "d", "1"));
  }
  REQUIRE(noted(env, 1) == std::vector<std::string>{name(Table::refs, "b"), name(Table::counters, "a")});
  must(begin_round(*env, 2));
  {
    WriteTxn txn = must(WriteTxn::begin(*env));
    must(txn.put(Table::counters, "a", "3"));
    must(txn.commit());
  }
  REQUIRE(noted(env, 1).size() == 2);
  REQUIRE(noted(env, 2) == std::vector<std::string>{name(Table::counters, "a")});
  must(end_journal(*env));
  REQUIRE(entries_of(env, Table::changes) == 0);
}

TEST_CASE("Where who compacted has ended without a word, the next writer tidies up") {
  const TempDir dir;
  const auto env = open_env(dir);
  {
    const FileLock lock = must(take_compact_lock(dir.path()));
    must(begin_round(*env, 3));
    write_all(env, {record_at(k_now_ms)});
    REQUIRE(entries_of(env, Table::changes) > 0);
  }
  write_all(env, {record_at(k_now_ms, 1)});
  REQUIRE(entries_of(env, Table::changes) == 0);
  REQUIRE_FALSE(must(must(ReadTxn::begin(*env)).get(Table::meta, k_round_name)));
}

TEST_CASE("A key of the journal says its table and key; damaged ones say nothing") {
  const std::string key = journal_key(9, Table::nodes, "abc");
  const auto change = change_of(9, key);
  REQUIRE(change);
  REQUIRE(change->table == Table::nodes);
  REQUIRE(change->key == "abc");
  REQUIRE_FALSE(change_of(8, key));
  REQUIRE_FALSE(change_of(9, key.substr(0, 4)));
  REQUIRE_FALSE(change_of(9, journal_key(9, static_cast<Table>(200), "abc")));
}

}  // namespace pk::store::test
