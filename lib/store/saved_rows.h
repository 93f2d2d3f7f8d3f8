// Rows of the tables configs, virtual_keys and keys ⇄ values. Grammar: FORMAT.md, saved things. Pure
// functions, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/saved.h"

namespace pk::store {

// One version of a gateway config, as text.
struct StoredConfig {
  std::string id;  // "pc-…"
  std::string name;
  std::int64_t version = 1;
  std::int64_t created_at = 0;  // ms since 1970: of the first version
  std::int64_t saved_at = 0;    // of this one
  std::string json;
  bool operator==(const StoredConfig&) const = default;
};

struct StoredOption {
  std::string name;
  std::string value;    // "" of a sealed one
  bool sealed = false;  // its value is in StoredVirtualKey::sealed
  bool operator==(const StoredOption&) const = default;
};

// A virtual key without its secrets.
struct StoredVirtualKey {
  std::string id;  // "vk-…"
  std::string name;
  std::string provider;
  std::string custom_host;
  std::vector<StoredOption> options;
  bool archived = false;
  std::int64_t created_at = 0;
  std::int64_t updated_at = 0;
  std::string sealed;  // "" if it has no secret at all; else for SecretKey::open()
  bool operator==(const StoredVirtualKey&) const = default;
};

// An API key without its secret. `key.id` is the row's key.
struct StoredApiKey {
  config::ApiKey key;
  config::KeyHash hash{};
  std::int64_t created_at = 0;
};

// What `sealed` holds in clear.
struct VirtualKeySecrets {
  std::string secret;
  std::vector<std::pair<std::string, std::string>> options;
  bool empty() const { return secret.empty() && options.empty(); }
};

// The key of a version in the table `configs`; and back, the version in `version`. "" if `key` is none.
std::string config_key(std::string_view id, std::int64_t version);
std::string_view config_id_of(std::string_view key, std::int64_t* version = nullptr);

std::string row_of(const StoredConfig& config);
std::string row_of(const StoredVirtualKey& key);
std::string row_of(const StoredApiKey& key);

// corrupt, naming the thing by its id, if the sum is wrong or the bytes are no row.
Result<StoredConfig> read_config(std::string_view key, std::string_view row);
Result<StoredVirtualKey> read_virtual_key(std::string_view id, std::string_view row);
Result<StoredApiKey> read_api_key(std::string_view id, std::string_view row);

std::string pack(const VirtualKeySecrets& secrets);
Result<VirtualKeySecrets> unpack_secrets(std::string_view id, std::string_view packed);

}  // namespace pk::store
