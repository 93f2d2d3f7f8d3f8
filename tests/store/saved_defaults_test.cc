#include "store/saved_defaults.h"

#include "store/fixture.h"
#include "store/saved_api_keys.h"
#include "store/saved_configs.h"
#include "store/saved_virtual_keys.h"

namespace pk::store::test {
namespace {

void add_key(Env& env, const std::string& name, const std::string& config, const std::string& provider) {
  config::ApiKey key;
  key.name = name;
  key.scopes = static_cast<std::uint8_t>(config::Scope::proxy);
  key.default_config = config;
  key.default_provider = provider;
  REQUIRE(must(add_api_key(env, key, k_now_ms)));
}

// What is said of them, "" where nobody minds.
std::string told(const Env& env, SavedKind kind, const std::vector<std::string>& texts,
                 std::string_view of_settings = {}) {
  const Result<void> checked = check_no_default(env, kind, texts, of_settings);
  if (checked) return {};
  CHECK(checked.error().code == Errc::unauthorized);
  return checked.error().message;
}

}  // namespace

TEST_CASE("Whose default a config or a virtual key is, is told of each, by whatever name it goes") {
  const TempDir dir;
  const auto env = open_env(dir);
  VirtualKeyChange change;
  change.provider = "openai";
  const std::string key = *must(add_virtual_key(*env, "main", change, k_now_ms));
  const std::string spare = *must(add_virtual_key(*env, "spare", change, k_now_ms));
  const std::string config = must(add_config(*env, "main", "{}", k_now_ms)).id;
  const std::string unused = must(add_config(*env, "unused", "{}", k_now_ms)).id;
  CHECK(told(*env, SavedKind::virtual_key, {key, spare}).empty());
  add_key(*env, "by-name", "main", "@main");
  add_key(*env, "by-id", "", "@" + key);
  add_key(*env, "slug", "", "openai");

  for (const std::string& text : {key, std::string("main"), std::string("@main")})
    CHECK(told(*env, SavedKind::virtual_key, {"spare", text}) ==
          key + " is the default provider of API key 'by-id'; " + key +
              " is the default provider of API key 'by-name'; change that first");
  CHECK(told(*env, SavedKind::virtual_key, {"spare", "nothing"}).empty());
  CHECK(told(*env, SavedKind::config, {"main"}) ==
        config + " is the default config of API key 'by-name'; change that first");
  CHECK(told(*env, SavedKind::config, {"unused", "nothing"}, config).empty());
  CHECK(told(*env, SavedKind::config, {"unused"}, unused) ==
        unused + " is the default config of the settings (default_config); change that first");
}

}  // namespace pk::store::test
