// Rows of the tables configs, virtual_keys and keys ⇄ values. Grammar: FORMAT.md, saved things. Pure
// functions, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/saved.h"
#include "store/saved_ids.h"
#include "store/wire.h"

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

// The key of a version in the tables `configs` and `prompts`; and back, the version in `version`. "" if `key`
// is none.
std::string version_key(std::string_view id, std::int64_t version);
std::string_view versioned_id_of(std::string_view key, std::int64_t* version = nullptr);

std::string row_of(const StoredConfig& config);
std::string row_of(const StoredVirtualKey& key);
std::string row_of(const StoredApiKey& key);

// What rows of saved things begin with and end in: the sum, and the grammar's version.
std::string begin_saved_row();
std::string end_saved_row(std::string_view key, std::string row);
// The reader behind both; one that has failed if they are wrong.
WireReader open_saved_row(std::string_view key, std::string_view row);
// corrupt, naming it by its id and saying what removes it.
Error damaged_saved(SavedKind kind, std::string_view id);

// corrupt, naming the thing by its id, if the sum is wrong or the bytes are no row.
Result<StoredConfig> read_config(std::string_view key, std::string_view row);
Result<StoredVirtualKey> read_virtual_key(std::string_view id, std::string_view row);
Result<StoredApiKey> read_api_key(std::string_view id, std::string_view row);

std::string pack(const VirtualKeySecrets& secrets);
Result<VirtualKeySecrets> unpack_secrets(std::string_view id, std::string_view packed);

}  // namespace pk::store
