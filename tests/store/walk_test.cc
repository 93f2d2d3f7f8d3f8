#include "store/walk.h"

#include "store/fixture.h"

namespace pk::store::test {

TEST_CASE("A sound ledger is walked whole and at its end") {
  const TempDir dir;
  const auto env = open_env(dir);
  std::vector<log::LogRecord> records;
  for (std::uint64_t i = 0; i < 1500; ++i) records.push_back(record_at(k_now_ms, i));
  write_all(env, records);
  write_all(env, {record_at(k_now_ms + 1)});  // leaves pages in the free list
  must(walk_whole(*env));
  must(walk_tail(*env));
}

TEST_CASE("A free list that names pages out of order or outside the file is damage") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, {record_at(k_now_ms)});
  const std::string number("\x01\0\0\0\0\0\0\0", 8);
  const auto entry = [](std::vector<std::uint64_t> numbers) {
    return std::string(reinterpret_cast<const char*>(numbers.data()), 8 * numbers.size());
  };
  for (const std::string& pages :
       {entry({2, 3, 4}), entry({1, 1}), entry({1, 1'000'000}), entry({9, 5}), std::string("x")}) {
    WriteTxn txn = must(WriteTxn::begin(*env));
    MDB_val key{number.size(), const_cast<char*>(number.data())};
    MDB_val value{pages.size(), const_cast<char*>(pages.data())};
    REQUIRE(mdb_put(txn.raw(), 0, &key, &value, 0) == 0);
    REQUIRE_FALSE(walk_free_list(txn));
  }
}

}  // namespace pk::store::test
