#include "store/saved_rows.h"

#include <fmt/format.h>

#include "base/text.h"

namespace pk::store {

namespace {

constexpr std::uint8_t k_version = 1;
constexpr std::uint8_t k_archived = 1;   // flag of a virtual key
constexpr std::uint8_t k_untracked = 1;  // flag of an API key

void append_options(std::string& row, const std::vector<StoredOption>& options) {
  append_varint(row, options.size());
  for (const StoredOption& option : options) {
    append_text(row, option.name);
    append_text(row, option.sealed ? std::string_view() : option.value);
    append_fixed(row, static_cast<std::uint8_t>(option.sealed));
  }
}

std::vector<StoredOption> read_options(WireReader& in) {
  std::vector<StoredOption> options;
  const std::uint64_t count = in.varint();
  if (count > in.left()) in.fail();  // each takes three bytes at least
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    StoredOption& option = options.emplace_back();
    option.name = in.text();
    option.value = in.text();
    option.sealed = in.fixed<std::uint8_t>() != 0;
  }
  return options;
}

}  // namespace

std::string begin_saved_row() {
  std::string row(k_sum_bytes, '\0');
  append_fixed(row, k_version);
  return row;
}

std::string end_saved_row(std::string_view key, std::string row) {
  seal(key, row.data(), row.size());
  return row;
}

WireReader open_saved_row(std::string_view key, std::string_view row) {
  WireReader in(is_sealed(key, row) ? row.substr(k_sum_bytes) : std::string_view());
  if (in.fixed<std::uint8_t>() != k_version) in.fail();
  return in;
}

Error damaged_saved(SavedKind kind, std::string_view id) {
  return {Errc::corrupt, fmt::format("{} {} is damaged: {} rm removes it", kind_name(kind),
                                     visible(id, false), command_of(kind))};
}

std::string version_key(std::string_view id, std::int64_t version) {
  std::string key(id);
  key.push_back('\0');
  append_big_endian(key, static_cast<std::uint32_t>(version));
  return key;
}

std::string_view versioned_id_of(std::string_view key, std::int64_t* version) {
  constexpr std::size_t k_tail = 1 + sizeof(std::uint32_t);
  if (key.size() <= k_tail || key.find('\0') != key.size() - k_tail) return {};
  if (version) *version = load_big_endian<std::uint32_t>(key.data() + key.size() - sizeof(std::uint32_t));
  return key.substr(0, key.size() - k_tail);
}

std::string row_of(const StoredConfig& config) {
  std::string row = begin_saved_row();
  append_text(row, config.name);
  append_zigzag(row, config.created_at);
  append_zigzag(row, config.saved_at);
  append_text(row, config.json);
  return end_saved_row(version_key(config.id, config.version), std::move(row));
}

Result<StoredConfig> read_config(std::string_view key, std::string_view row) {
  StoredConfig config;
  config.id = versioned_id_of(key, &config.version);
  WireReader in = open_saved_row(key, row);
  config.name = in.text();
  config.created_at = in.zigzag();
  config.saved_at = in.zigzag();
  config.json = in.text();
  if (!in.ok() || !in.done() || config.id.empty())
    return damaged_saved(SavedKind::config, config.id.empty() ? key : std::string_view(config.id));
  return config;
}

std::string row_of(const StoredVirtualKey& key) {
  std::string row = begin_saved_row();
  append_fixed(row, key.archived ? k_archived : std::uint8_t{0});
  append_text(row, key.name);
  append_zigzag(row, key.created_at);
  append_zigzag(row, key.updated_at);
  append_text(row, key.provider);
  append_text(row, key.custom_host);
  append_options(row, key.options);
  row.append(key.sealed);
  return end_saved_row(key.id, std::move(row));
}

Result<StoredVirtualKey> read_virtual_key(std::string_view id, std::string_view row) {
  WireReader in = open_saved_row(id, row);
  StoredVirtualKey key;
  key.id = id;
  key.archived = (in.fixed<std::uint8_t>() & k_archived) != 0;
  key.name = in.text();
  key.created_at = in.zigzag();
  key.updated_at = in.zigzag();
  key.provider = in.text();
  key.custom_host = in.text();
  key.options = read_options(in);
  key.sealed = in.rest();
  if (!in.ok()) return damaged_saved(SavedKind::virtual_key, id);
  return key;
}

std::string row_of(const StoredApiKey& stored) {
  std::string row = begin_saved_row();
  append_fixed(row, stored.key.debug ? std::uint8_t{0} : k_untracked);
  append_fixed(row, stored.key.scopes);
  row.append(reinterpret_cast<const char*>(stored.hash.data()), stored.hash.size());
  append_text(row, stored.key.name);
  append_zigzag(row, stored.created_at);
  append_text(row, stored.key.default_config);
  append_text(row, stored.key.default_provider);
  return end_saved_row(stored.key.id, std::move(row));
}

Result<StoredApiKey> read_api_key(std::string_view id, std::string_view row) {
  WireReader in = open_saved_row(id, row);
  StoredApiKey stored;
  stored.key.id = id;
  stored.key.debug = (in.fixed<std::uint8_t>() & k_untracked) == 0;
  stored.key.scopes = in.fixed<std::uint8_t>();
  const std::string_view hash = in.bytes(stored.hash.size());
  stored.key.name = in.text();
  stored.created_at = in.zigzag();
  stored.key.default_config = in.text();
  stored.key.default_provider = in.text();
  if (!in.ok() || !in.done()) return damaged_saved(SavedKind::api_key, id);
  std::memcpy(stored.hash.data(), hash.data(), hash.size());
  return stored;
}

std::string pack(const VirtualKeySecrets& secrets) {
  std::string packed;
  append_text(packed, secrets.secret);
  for (const auto& [name, value] : secrets.options) {
    append_text(packed, name);
    append_text(packed, value);
  }
  return packed;
}

Result<VirtualKeySecrets> unpack_secrets(std::string_view id, std::string_view packed) {
  WireReader in(packed);
  VirtualKeySecrets secrets;
  secrets.secret = in.text();
  while (in.ok() && !in.done()) {
    const std::string_view name = in.text();
    secrets.options.emplace_back(name, in.text());
  }
  if (!in.ok()) return damaged_saved(SavedKind::virtual_key, id);
  return secrets;
}

}  // namespace pk::store
