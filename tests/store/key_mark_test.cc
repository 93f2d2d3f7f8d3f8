#include "store/key_mark.h"

#include "store/fixture.h"
#include "store/saved_api_keys.h"

namespace pk::store::test {

TEST_CASE("A folder has the mark from the first API key to the last") {
  const TempDir dir;
  const auto env = open_env(dir);
  config::ApiKey key;
  key.scopes = static_cast<std::uint8_t>(config::Scope::proxy);
  REQUIRE_FALSE(has_key_mark(dir.path()));
  for (const char* name : {"one", "two"}) {
    key.name = name;
    REQUIRE(must(add_api_key(*env, key, k_now_ms)));
    REQUIRE(has_key_mark(dir.path()));
  }
  const std::string one[] = {"one"}, two[] = {"two"};
  REQUIRE(must(remove_api_keys(*env, one)) == 1);
  REQUIRE(has_key_mark(dir.path()));
  REQUIRE(must(remove_api_keys(*env, two)) == 0);
  REQUIRE_FALSE(has_key_mark(dir.path()));
}

TEST_CASE("No key is added where its mark cannot be made") {
  const TempDir dir;
  const auto env = open_env(dir);
  std::filesystem::create_directory(dir.path() / k_key_mark_file);
  config::ApiKey key;
  key.name = "one";
  key.scopes = static_cast<std::uint8_t>(config::Scope::proxy);
  REQUIRE_FALSE(add_api_key(*env, key, k_now_ms));
  REQUIRE(must(list_api_keys(*env)).entries.empty());
}

}  // namespace pk::store::test
