#include "store/saved_load.h"

#include "store/fixture.h"
#include "store/saved_api_keys.h"
#include "store/saved_configs.h"
#include "store/saved_virtual_keys.h"

namespace pk::store::test {
namespace {

// A parser that puts the text into the root's name, and refuses texts that say "bad".
config::ParsedConfig parse(std::string_view json) {
  config::ParsedConfig parsed;
  if (json.find("bad") != std::string_view::npos)
    parsed.problem =
        config::ConfigProblem{"Invalid config passed", {"path: a, message: b", "path: c, message: d"}};
  parsed.config.root.name = json;
  return parsed;
}

struct Fixture {
  Fixture() {
    config = must(add_config(*env, "main", "old", k_now_ms)).id;
    must(add_config(*env, "main", "new", k_now_ms));
    VirtualKeyChange openai;
    openai.provider = "openai";
    openai.secret = pk::config::Secret("sk-1234");
    virtual_key = *must(add_virtual_key(*env, "main", openai, k_now_ms));
    VirtualKeyChange demo;
    demo.provider = "demo";
    must(add_virtual_key(*env, "plain", demo, k_now_ms));
    pk::config::ApiKey ci;
    ci.name = "ci";
    ci.scopes = 1;
    secret = std::string(must(add_api_key(*env, ci, k_now_ms))->secret.reveal());
  }

  void put(Table table, const std::string& key, const std::string& row) {
    WriteTxn txn = must(WriteTxn::begin(*env));
    must(txn.put(table, key, row));
    must(txn.commit());
  }

  TempDir dir;
  std::shared_ptr<Env> env = open_env(dir);
  std::string config, virtual_key, secret;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "All that is saved is loaded: newest configs, opened secrets, keys by their hash") {
  const LoadedSaved loaded = must(load_saved(*env, parse));
  CHECK(loaded.problems.empty());
  CHECK(loaded.changes == 5);
  REQUIRE(loaded.saved.config(config) != nullptr);
  CHECK(loaded.saved.config(config)->version == 2);
  CHECK(loaded.saved.config(config)->config.root.name == "new");
  REQUIRE(loaded.saved.virtual_key("main") != nullptr);
  CHECK(loaded.saved.virtual_key(virtual_key)->secret.reveal() == "sk-1234");
  REQUIRE(loaded.saved.virtual_key("plain") != nullptr);
  const auto* key = loaded.saved.api_key(config::key_hash(secret));
  REQUIRE(key != nullptr);
  CHECK(key->name == "ci");
  CHECK(loaded.saved.has_api_keys());
}

TEST_CASE("Nothing saved loads as nothing") {
  const TempDir dir;
  { open_env(dir); }
  const LoadedSaved loaded = must(load_saved(*open_env(dir, Mode::read_only), parse));
  CHECK(loaded.changes == 0);
  CHECK(loaded.problems.empty());
  CHECK_FALSE(loaded.saved.has_api_keys());
}

TEST_CASE("A ledger made before there were these tables has nothing saved, and a writer gives it them") {
  const TempDir dir;
  {
    const auto env = open_env(dir);
    WriteTxn txn = must(WriteTxn::begin(*env));
    for (const Table table : {Table::configs, Table::virtual_keys, Table::keys})
      REQUIRE(mdb_drop(txn.raw(), *env->table(table), 1) == 0);
    must(txn.commit());
  }
  {
    const auto env = open_env(dir, Mode::read_only);
    REQUIRE_FALSE(env->table(Table::configs));
    CHECK(must(load_saved(*env, parse)).problems.empty());
    CHECK_FALSE(must(find_config(*env, "main")));
    CHECK_FALSE(must(find_virtual_key(*env, "vk-main-000001")));
  }
  const auto env = open_env(dir);
  CHECK(must(add_config(*env, "main", "text", k_now_ms)).version == 1);
}

TEST_CASE_METHOD(Fixture, "The counter tells of each change, and of records it does not") {
  const std::uint64_t before = must(saved_changes(*env));
  write_all(env, {record_at(k_now_ms)});
  CHECK(must(saved_changes(*env)) == before);
  must(archive_virtual_keys(*env, std::vector<std::string>{"main"}, true, k_now_ms));
  CHECK(must(saved_changes(*env)) == before + 1);
  must(remove_configs(*env, std::vector<std::string>{"main"}));
  CHECK(must(saved_changes(*env)) == before + 2);
  REQUIRE_FALSE(remove_configs(*env, std::vector<std::string>{"main"}));
  CHECK(must(saved_changes(*env)) == before + 2);
}

TEST_CASE_METHOD(Fixture, "A config that does not parse is left out and named with all that is wrong") {
  const std::string id = must(add_config(*env, "other", "bad", k_now_ms)).id;
  const LoadedSaved loaded = must(load_saved(*env, parse));
  CHECK(loaded.saved.config(id) == nullptr);
  CHECK(loaded.saved.config(config) != nullptr);
  CHECK(loaded.problems ==
        std::vector<std::string>{
            "config " + id +
            " cannot be used: Invalid config passed; path: a, message: b; path: c, message: d"});
}

TEST_CASE_METHOD(Fixture, "Without the key file, or with another, virtual keys with secrets are left out") {
  const TempDir other;
  must(SecretKey::load_or_make(other.path()));
  for (const bool wrong : {false, true}) {
    std::filesystem::remove(dir.path() / k_secret_key_file);
    if (wrong) std::filesystem::copy_file(other.path() / k_secret_key_file, dir.path() / k_secret_key_file);
    const LoadedSaved loaded = must(load_saved(*env, parse));
    CHECK(loaded.saved.virtual_key("main") == nullptr);
    CHECK(loaded.saved.virtual_key("plain") != nullptr);
    REQUIRE(loaded.problems.size() == 1);
    CHECK(loaded.problems[0].find("secret.key") != std::string::npos);
    CHECK(loaded.problems[0].find("sk-1234") == std::string::npos);
  }
}

TEST_CASE_METHOD(Fixture, "Damaged rows are left out and named; a damaged API key never opens the door") {
  const std::string api_key = must(list_api_keys(*env)).entries.at(0).key.id;
  put(Table::configs, version_key(config, 2), "rubbish");
  put(Table::virtual_keys, virtual_key, "rubbish");
  put(Table::keys, api_key, "rubbish");
  const LoadedSaved loaded = must(load_saved(*env, parse));
  CHECK(loaded.problems.size() == 3);
  CHECK(loaded.saved.config(config) == nullptr);  // an older version would route otherwise than was meant
  CHECK(loaded.saved.virtual_key("main") == nullptr);
  CHECK(loaded.saved.api_key(config::key_hash(secret)) == nullptr);
  CHECK(loaded.saved.has_api_keys());
}

}  // namespace pk::store::test
