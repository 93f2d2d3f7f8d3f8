// What was saved with `pk config`, `pk prompt`, `pk provider` and `pk key`, as the gateway needs it: one
// immutable value. The store makes it, serve hands a new one to the workers when something changed; a request
// keeps the one it started with.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/gateway_config.h"
#include "config/saved_prompt.h"
#include "config/secret.h"

namespace pk::config {

// A gateway config, its newest version.
struct SavedConfig {
  std::string id;  // "pc-…"
  std::string name;
  std::int64_t version = 1;
  GatewayConfig config;
};

// A provider and its secret.
struct VirtualKey {
  std::string id;        // "vk-…"
  std::string name;      // also its slug: `@name`
  std::string provider;  // slug of provider/table.h
  Secret secret;
  std::string custom_host;                                   // "" for the provider's own
  std::vector<std::pair<std::string, std::string>> options;  // aws_region, azure_resource_name …
  bool archived = false;                                     // no longer used; blocks replay
};

enum class Scope : std::uint8_t { proxy = 1, read = 2, admin = 4 };

// An API key of pk itself; its secret is stored hashed.
struct ApiKey {
  std::string id;  // "pk-…", not the secret
  std::string name;
  std::uint8_t scopes = 0;     // bits of Scope; admin holds all
  std::string default_config;  // "" or "pc-…": for clients that cannot set headers
  std::string default_provider;
  bool debug = true;  // false: nothing that uses it is tracked
  bool may(Scope scope) const {
    return (scopes & (static_cast<std::uint8_t>(scope) | static_cast<std::uint8_t>(Scope::admin))) != 0;
  }
};

// "proxy", "read", "admin".
std::string_view slug(Scope scope);
std::optional<Scope> scope_of(std::string_view slug);

using KeyHash = std::array<std::uint8_t, 32>;  // BLAKE2b-256 of the whole secret, "pk-" included
KeyHash key_hash(std::string_view secret);

// Whether the value of an option of a provider is a secret, by its name ("aws_secret_access_key"): such
// values are kept encrypted and never printed.
bool is_secret_option(std::string_view name);

// One thread fills it; once it is shared as const any may read it.
class Saved {
 public:
  // One of the same id takes the other's place.
  void add(SavedConfig config);
  void add(SavedPrompt prompt);
  void add(VirtualKey key);
  void add(const KeyHash& hash, ApiKey key);
  // There are API keys that could not be read: has_api_keys() holds though none is known, so that damage to
  // the ledger never opens a server that had keys.
  void require_api_keys() { m_api_keys_required = true; }

  // Null if there is none of that name.
  const SavedConfig* config(std::string_view id) const;              // "pc-…"
  const SavedPrompt* prompt(std::string_view id_or_name) const;      // "pp-…", "name"; without a version
  const VirtualKey* virtual_key(std::string_view id_or_name) const;  // "vk-…", "name"; without "@"
  const ApiKey* api_key(const KeyHash& hash) const;
  const ApiKey* api_key_of(
      std::string_view id) const;  // "pk-…", which is not the secret; looks at all of them
  bool has_api_keys() const { return m_api_keys_required || !m_api_keys.empty(); }

 private:
  std::map<std::string, SavedConfig, std::less<>> m_configs;
  std::map<std::string, SavedPrompt, std::less<>> m_prompts;            // by id
  std::map<std::string, std::string, std::less<>> m_prompt_names;       // name → id
  std::map<std::string, VirtualKey, std::less<>> m_virtual_keys;        // by id
  std::map<std::string, std::string, std::less<>> m_virtual_key_names;  // name → id
  std::map<KeyHash, ApiKey> m_api_keys;
  bool m_api_keys_required = false;
};

}  // namespace pk::config
