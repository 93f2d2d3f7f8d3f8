#include "store/saved_api_keys.h"

#include <array>
#include <set>

#include "store/fixture.h"
#include "store/saved_configs.h"
#include "store/saved_load.h"
#include "store/saved_virtual_keys.h"
#include "store/verify.h"

namespace pk::store::test {
namespace {

config::ApiKey wanted(const std::string& name) {
  config::ApiKey key;
  key.name = name;
  key.scopes = static_cast<std::uint8_t>(config::Scope::proxy);
  return key;
}

MadeApiKey add(const std::shared_ptr<Env>& env, const config::ApiKey& key) {
  auto made = must(add_api_key(*env, key, k_now_ms));
  REQUIRE(made);
  return *std::move(made);
}

}  // namespace

TEST_CASE("A key is its id and 32 random characters, and only its hash is kept") {
  const TempDir dir;
  std::string secret;
  {
    const auto env = open_env(dir);
    const MadeApiKey made = add(env, wanted("CI runner"));
    secret = made.secret.reveal();
    CHECK(made.id.starts_with("pk-ci-runner-"));
    REQUIRE(secret.starts_with(made.id + "-"));
    const std::string random = secret.substr(made.id.size() + 1);
    CHECK(random.size() == 32);
    CHECK(random.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos);
    const auto stored = must(find_api_key(*env, made.id));
    REQUIRE(stored);
    CHECK(stored->hash == config::key_hash(secret));
    CHECK(stored->key.name == "CI runner");
    CHECK(must(find_api_key(*env, "CI runner"))->key.id == made.id);
    CHECK(stored->created_at == k_now_ms);
    CHECK(must(verify(*env)).damaged == 0);
    secret = random;
  }
  for (const auto& entry : std::filesystem::directory_iterator(dir.path()))
    CHECK(read_file(entry.path()).find(secret) == std::string::npos);
}

TEST_CASE("No two keys are alike, the first one is known as such, a name is given once") {
  const TempDir dir;
  const auto env = open_env(dir);
  std::set<std::string> secrets;
  for (int i = 0; i < 20; ++i) {
    const MadeApiKey made = add(env, wanted("key " + std::to_string(i)));
    CHECK(made.first == (i == 0));
    secrets.emplace(made.secret.reveal());
  }
  CHECK(secrets.size() == 20);
  CHECK_FALSE(must(add_api_key(*env, wanted("key 3"), k_now_ms)));
  CHECK(must(list_api_keys(*env)).entries.size() == 20);
  CHECK(must(list_api_keys(*env)).entries[1].key.name == "key 1");
  CHECK(must(list_api_keys(*env)).entries[2].key.name == "key 10");
}

TEST_CASE("A key without scopes and a bad name are refused") {
  const TempDir dir;
  const auto env = open_env(dir);
  config::ApiKey none = wanted("none");
  none.scopes = 0;
  for (const auto& bad : {add_api_key(*env, none, k_now_ms), add_api_key(*env, wanted("pk-x"), k_now_ms)}) {
    REQUIRE_FALSE(bad);
    CHECK(bad.error().code == Errc::invalid);
  }
  CHECK(entries_of(env, Table::keys) == 0);
}

TEST_CASE("What a key sends its callers to must be there, and is kept by its id") {
  const TempDir dir;
  const auto env = open_env(dir);
  config::ApiKey key = wanted("ci");
  key.default_config = "main";
  auto missing = add_api_key(*env, key, k_now_ms);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  const std::string config = must(add_config(*env, "main", "{}", k_now_ms)).id;
  key.default_provider = "@openai";
  missing = add_api_key(*env, key, k_now_ms);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  VirtualKeyChange openai;
  openai.provider = "openai";
  const std::array<std::string, 1> id{*must(add_virtual_key(*env, "openai", openai, k_now_ms))};
  must(archive_virtual_keys(*env, id, true, k_now_ms));
  const auto archived = add_api_key(*env, key, k_now_ms);
  REQUIRE_FALSE(archived);
  CHECK(archived.error().code == Errc::invalid);
  must(archive_virtual_keys(*env, id, false, k_now_ms));
  key.debug = false;
  const auto stored = must(find_api_key(*env, add(env, key).id));
  CHECK(stored->key.default_config == config);
  CHECK(stored->key.default_provider == "@openai");
  CHECK_FALSE(stored->key.debug);
}

TEST_CASE("All that are named are removed, or none; what is left is counted; a damaged one goes by its id") {
  const TempDir dir;
  const auto env = open_env(dir);
  add(env, wanted("a"));
  const std::string b = add(env, wanted("b")).id;
  add(env, wanted("c"));
  REQUIRE_FALSE(remove_api_keys(*env, std::vector<std::string>{"a", "nothing"}));
  CHECK(must(list_api_keys(*env)).entries.size() == 3);
  CHECK(must(remove_api_keys(*env, std::vector<std::string>{"a", "a"})) == 2);
  WriteTxn txn = must(WriteTxn::begin(*env));
  must(txn.put(Table::keys, b, "rubbish"));
  must(txn.commit());
  CHECK(must(list_api_keys(*env)).damage.size() == 1);
  for (const char* name : {"b", "d"}) {  // it may be of that name
    const auto added = add_api_key(*env, wanted(name), k_now_ms);
    REQUIRE_FALSE(added);
    CHECK(added.error().code == Errc::corrupt);
    CHECK(added.error().message.find(b) != std::string::npos);
  }
  CHECK(must(verify(*env)).damaged == 1);
  CHECK(must(remove_api_keys(*env, std::vector<std::string>{b})) == 1);
  CHECK(must(remove_api_keys(*env, std::vector<std::string>{"c"})) == 0);
  CHECK(add(env, wanted("again")).first);
}

}  // namespace pk::store::test
