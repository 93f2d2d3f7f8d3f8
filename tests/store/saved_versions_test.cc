#include "store/saved_versions.h"

#include "store/fixture.h"
#include "store/saved_configs.h"

namespace pk::store::test {

TEST_CASE("Versions of one id are told from those of ids that begin alike") {
  const TempDir dir;
  const auto env = open_env(dir);
  WriteTxn txn = must(WriteTxn::begin(*env));
  for (const char* id : {"pc-a", "pc-a-b", "pc-b"})
    for (const std::int64_t version : {1, 2, 257})
      must(txn.put(Table::configs, version_key(id, version),
                   row_of(StoredConfig{id, std::string("name of ") + id, version, 0, 0, "{}"})));
  must(txn.commit());
  const ReadTxn read = must(ReadTxn::begin(*env));
  Cursor cursor = must(Cursor::open(read, Table::configs));
  CHECK(must(seek_newest(cursor, "pc-a")));
  CHECK(cursor.key() == version_key("pc-a", 257));
  for (const char* none : {"pc-", "pc-a-", "pc-c", ""}) CHECK_FALSE(must(seek_newest(cursor, none)));
  CHECK(must(version_keys(read, Table::configs, "pc-a")) ==
        std::vector<std::string>{version_key("pc-a", 1), version_key("pc-a", 2), version_key("pc-a", 257)});
  CHECK(must(version_keys(read, Table::configs, "pc-")).empty());
  CHECK(must(version_keys(read, Table::prompts, "pc-a")).empty());
}

TEST_CASE("The newest of each is read, and ids are found by names") {
  const TempDir dir;
  const auto env = open_env(dir);
  const std::string id = must(add_config(*env, "a", "1", k_now_ms)).id;
  must(add_config(*env, "a", "2", k_now_ms));
  must(add_config(*env, "b", "3", k_now_ms));
  const ReadTxn txn = must(ReadTxn::begin(*env));
  const auto list = must(newest_of_all<StoredConfig>(txn, Table::configs, read_config));
  REQUIRE(list.entries.size() == 2);
  CHECK(list.entries[0].json == "2");
  const auto id_of = [&](std::string_view name) {
    return must(id_of_versioned<StoredConfig>(txn, Table::configs, name, read_config));
  };
  CHECK(id_of("a") == id);
  CHECK(id_of(id) == id);
  for (const std::string& none : {std::string("c"), std::string("pc-c"), "pc-" + std::string(600, 'x')})
    CHECK(id_of(none).empty());
}

}  // namespace pk::store::test
