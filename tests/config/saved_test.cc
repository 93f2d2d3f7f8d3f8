#include "config/saved.h"

#include "base/text.h"
#include "support/catch.h"

namespace pk::config {
namespace {

VirtualKey virtual_key(std::string id, std::string name) {
  VirtualKey key;
  key.id = std::move(id);
  key.name = std::move(name);
  key.provider = "openai";
  return key;
}

ApiKey api_key(std::uint8_t scopes) {
  ApiKey key;
  key.id = "pk-ci-000001";
  key.scopes = scopes;
  return key;
}

constexpr auto bit(Scope scope) {
  return static_cast<std::uint8_t>(scope);
}

}  // namespace

TEST_CASE("A config is found by its id, the one added last") {
  Saved saved;
  saved.add(SavedConfig{"pc-a-000001", "a", 1, {}});
  saved.add(SavedConfig{"pc-a-000001", "a", 2, {}});
  saved.add(SavedConfig{"pc-b-000002", "b", 7, {}});
  REQUIRE(saved.config("pc-a-000001") != nullptr);
  CHECK(saved.config("pc-a-000001")->version == 2);
  CHECK(saved.config("pc-b-000002")->name == "b");
  CHECK(saved.config("a") == nullptr);
  CHECK(saved.config("") == nullptr);
}

TEST_CASE("A virtual key is found by id and by name; renamed, by the new one only") {
  Saved saved;
  saved.add(virtual_key("vk-main-000001", "main"));
  REQUIRE(saved.virtual_key("main") != nullptr);
  CHECK(saved.virtual_key("main") == saved.virtual_key("vk-main-000001"));
  CHECK(saved.virtual_key("@main") == nullptr);
  saved.add(virtual_key("vk-main-000001", "other"));
  CHECK(saved.virtual_key("main") == nullptr);
  CHECK(saved.virtual_key("other") != nullptr);
}

TEST_CASE("A prompt is found by id and by name; renamed, by the new one only") {
  Saved saved;
  SavedPrompt prompt;
  prompt.id = "pp-1";
  prompt.name = "greet";
  saved.add(prompt);
  prompt.name = "welcome";
  prompt.partial = true;
  saved.add(prompt);
  CHECK(saved.prompt("pp-1")->partial);
  CHECK(saved.prompt("welcome") == saved.prompt("pp-1"));
  CHECK(saved.prompt("greet") == nullptr);
  CHECK(saved.prompt("") == nullptr);
}

TEST_CASE("An API key is found by the hash of its whole secret") {
  Saved saved;
  CHECK_FALSE(saved.has_api_keys());
  saved.add(key_hash("pk-ci-000001-secret"), api_key(1));
  CHECK(saved.has_api_keys());
  REQUIRE(saved.api_key(key_hash("pk-ci-000001-secret")) != nullptr);
  CHECK(saved.api_key(key_hash("pk-ci-000001-secret"))->id == "pk-ci-000001");
  CHECK(saved.api_key(key_hash("pk-ci-000001")) == nullptr);
  CHECK(saved.api_key(key_hash("")) == nullptr);
  CHECK(saved.api_key_of("pk-ci-000001") != nullptr);
  CHECK(saved.api_key_of("pk-ci-000001-secret") == nullptr);
  CHECK(saved.api_key_of("") == nullptr);
}

TEST_CASE("API keys that could not be read still close the door") {
  Saved saved;
  saved.require_api_keys();
  CHECK(saved.has_api_keys());
  CHECK(saved.api_key(key_hash("anything")) == nullptr);
}

TEST_CASE("The hash is BLAKE2b-256") {
  // RFC 7693's function with 32 bytes of output, of "abc".
  const KeyHash hash = key_hash("abc");
  CHECK(hex({reinterpret_cast<const char*>(hash.data()), hash.size()}) ==
        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

TEST_CASE("A key may do what its scopes say, with admin everything, with none nothing") {
  for (const Scope scope : {Scope::proxy, Scope::read, Scope::admin}) {
    CHECK(api_key(bit(scope)).may(scope));
    CHECK(api_key(bit(Scope::admin)).may(scope));
    CHECK_FALSE(api_key(0).may(scope));
    CHECK(scope_of(slug(scope)) == scope);
  }
  CHECK_FALSE(api_key(bit(Scope::proxy)).may(Scope::read));
  CHECK_FALSE(api_key(bit(Scope::read)).may(Scope::proxy));
  CHECK_FALSE(api_key(bit(Scope::proxy) | bit(Scope::read)).may(Scope::admin));
  for (const char* unknown : {"", "Proxy", "write", "proxy "}) CHECK_FALSE(scope_of(unknown));
}

TEST_CASE("Options that are secrets are known by their names") {
  for (const char* name :
       {"aws_secret_access_key", "aws_session_token", "azure_ad_token", "azure_entra_client_secret",
        "vertex_service_account_json", "api_key", "client_password", "some_credentials", "private_pem"})
    CHECK(is_secret_option(name));
  for (const char* name : {"aws_region", "aws_access_key_id", "azure_resource_name", "azure_deployment_id",
                           "azure_api_version", "vertex_project_id", "openai_organization", ""})
    CHECK_FALSE(is_secret_option(name));
}

}  // namespace pk::config
