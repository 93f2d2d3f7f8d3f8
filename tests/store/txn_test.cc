#include "store/txn.h"

#include <cerrno>

#include "store/fixture.h"

namespace pk::store::test {

TEST_CASE("What is not committed is not there") {
  const TempDir dir;
  const auto env = open_env(dir);
  {
    WriteTxn txn = must(WriteTxn::begin(*env));
    must(txn.put(Table::meta, "key", "value"));
    REQUIRE(must(txn.get(Table::meta, "key")) == "value");
  }
  REQUIRE_FALSE(must(must(ReadTxn::begin(*env)).get(Table::meta, "key")));
  WriteTxn txn = must(WriteTxn::begin(*env));
  REQUIRE(must(txn.put_new(Table::meta, "key", "value")));
  REQUIRE_FALSE(must(txn.put_new(Table::meta, "key", "other")));
  must(txn.commit());
  REQUIRE(must(must(ReadTxn::begin(*env)).get(Table::meta, "key")) == "value");
}

TEST_CASE("A reader keeps its snapshot until it renews it") {
  const TempDir dir;
  const auto env = open_env(dir);
  ReadTxn reader = must(ReadTxn::begin(*env));
  WriteTxn txn = must(WriteTxn::begin(*env));
  must(txn.put(Table::open, "k", "v"));
  must(txn.commit());
  REQUIRE(must(reader.entries(Table::open)) == 0);
  reader.rest();
  must(reader.renew());
  REQUIRE(must(reader.entries(Table::open)) == 1);
}

TEST_CASE("A cursor seeks up to a key and down from it") {
  const TempDir dir;
  const auto env = open_env(dir);
  WriteTxn txn = must(WriteTxn::begin(*env));
  for (const char* key : {"b", "d", "f"}) must(txn.put(Table::open, key, key));
  Cursor cursor = must(Cursor::open(txn, Table::open));
  REQUIRE(must(cursor.seek("c")));
  REQUIRE(cursor.key() == "d");
  REQUIRE(must(cursor.seek("d")));
  REQUIRE(cursor.key() == "d");
  REQUIRE_FALSE(must(cursor.seek("g")));
  REQUIRE(must(cursor.seek_before("d")));
  REQUIRE(cursor.key() == "b");
  REQUIRE(must(cursor.seek_before("g")));
  REQUIRE(cursor.key() == "f");
  REQUIRE_FALSE(must(cursor.seek_before("b")));
}

TEST_CASE("Codes of LMDB and the system become errors of the right kind") {
  REQUIRE(mdb_error("x", MDB_CORRUPTED).code == Errc::corrupt);
  REQUIRE(mdb_error("x", MDB_MAP_FULL).code == Errc::limit);
  REQUIRE(mdb_error("x", MDB_READERS_FULL).code == Errc::limit);
  REQUIRE(mdb_error("x", EACCES).code == Errc::unauthorized);
  REQUIRE(mdb_error("x", EIO).code == Errc::io);
  REQUIRE(mdb_error("x", ENOSPC) == Error{Errc::limit, "x: no space left on the disk"});
}

TEST_CASE("An environment for reading refuses to write") {
  const TempDir dir;
  { open_env(dir); }
  const auto env = open_env(dir, Mode::read_only);
  const auto txn = WriteTxn::begin(*env);
  REQUIRE_FALSE(txn);
  REQUIRE(txn.error().code == Errc::unauthorized);
}

}  // namespace pk::store::test
