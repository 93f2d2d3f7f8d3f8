#include "store/saved_table.h"

#include <set>

#include "store/fixture.h"
#include "store/saved_rows.h"

namespace pk::store::test {

TEST_CASE("Entries are visited in order, until the visitor has enough") {
  const TempDir dir;
  const auto env = open_env(dir);
  WriteTxn txn = must(WriteTxn::begin(*env));
  for (const char* key : {"vk-c", "vk-a", "vk-b"}) must(txn.put(Table::virtual_keys, key, key));
  std::string seen;
  must(each_entry(txn, Table::virtual_keys, [&](std::string_view key, std::string_view) {
    seen += key.back();
    return key != "vk-b";
  }));
  CHECK(seen == "ab");
}

TEST_CASE("An id that nothing has is found for each kind") {
  const TempDir dir;
  const auto env = open_env(dir);
  const WriteTxn txn = must(WriteTxn::begin(*env));
  std::set<std::string> ids;
  for (int i = 0; i < 50; ++i)
    for (const SavedKind kind : {SavedKind::config, SavedKind::virtual_key, SavedKind::api_key}) {
      const std::string id = must(fresh_id(txn, kind, "A b"));
      CHECK(id.starts_with(std::string(id_prefix(kind)) + "a-b-"));
      ids.insert(id);
    }
  CHECK(ids.size() >= 149);  // of 50 draws two may meet, once
}

TEST_CASE("There is a most of each kind; a config counts once, whatever its versions") {
  const TempDir dir;
  const auto env = open_env(dir);
  WriteTxn txn = must(WriteTxn::begin(*env));
  for (std::uint64_t i = 0; i + 1 < k_saved_max; ++i) {
    const std::string id = saved_id(SavedKind::config, "x", static_cast<std::uint32_t>(i));
    for (int version = 1; version <= 3; ++version)
      must(txn.put(Table::configs, version_key(id, version), "row"));
    must(txn.put(Table::keys, saved_id(SavedKind::api_key, "x", static_cast<std::uint32_t>(i)), "row"));
  }
  must(fresh_id(txn, SavedKind::config, "a"));
  must(fresh_id(txn, SavedKind::api_key, "a"));
  must(txn.put(Table::configs, version_key("pc-last-000001", 1), "row"));
  must(txn.put(Table::keys, "pk-last-000001", "row"));
  for (const SavedKind kind : {SavedKind::config, SavedKind::api_key}) {
    const Result<std::string> id = fresh_id(txn, kind, "a");
    REQUIRE_FALSE(id);
    CHECK(id.error().code == Errc::limit);
    CHECK(id.error().message.find(" rm makes room") != std::string::npos);
  }
  must(fresh_id(txn, SavedKind::virtual_key, "a"));
}

TEST_CASE("The counter counts changes that were committed, across processes' environments") {
  const TempDir dir;
  {
    const auto env = open_env(dir);
    CHECK(must(change_count(must(ReadTxn::begin(*env)))) == 0);
    for (int i = 0; i < 3; ++i) {
      WriteTxn txn = must(WriteTxn::begin(*env));
      must(count_change(txn));
      if (i != 1) must(txn.commit());
    }
  }
  const auto env = open_env(dir, Mode::read_only);
  CHECK(must(change_count(must(ReadTxn::begin(*env)))) == 2);
}

}  // namespace pk::store::test
