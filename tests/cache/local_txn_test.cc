#include "cache/fixture.h"
#include "cache/local_env.h"
#include "support/temp_folder.h"

namespace pk::cache::test {

TEST_CASE("A transaction that is not committed leaves nothing, and a cursor walks both ways") {
  const pk::test::TempFolder folder;
  const auto env = must(LocalEnv::open(folder.path(), 10'000'000));
  {
    auto txn = must(LocalTxn::begin(*env, LocalTxn::Kind::write));
    for (const char* key : {"a", "b", "d"}) must(txn.put(Table::order, key, key));
    CHECK(must(txn.remove(Table::order, "a")));
    CHECK_FALSE(must(txn.remove(Table::order, "a")));
    must(txn.commit());
  }
  {
    auto txn = must(LocalTxn::begin(*env, LocalTxn::Kind::write));
    must(txn.put(Table::order, "e", "e"));
  }
  const auto txn = must(LocalTxn::begin(*env, LocalTxn::Kind::read));
  CHECK(must(txn.entries(Table::order)) == 2);
  CHECK(must(txn.get(Table::order, "d")) == std::optional<std::string_view>("d"));
  CHECK_FALSE(must(txn.get(Table::order, "e")));
  auto cursor = must(LocalCursor::open(txn, Table::order));
  REQUIRE(must(cursor.seek("c")));
  CHECK(cursor.key() == "d");
  CHECK_FALSE(must(cursor.next()));
  REQUIRE(must(cursor.seek("")));
  CHECK(cursor.key() == "b");
  REQUIRE(must(cursor.seek_before("z")));
  CHECK(cursor.key() == "d");
  REQUIRE(must(cursor.seek_before("d")));
  CHECK(cursor.key() == "b");
  CHECK_FALSE(must(cursor.seek_before("b")));
}

}  // namespace pk::cache::test
