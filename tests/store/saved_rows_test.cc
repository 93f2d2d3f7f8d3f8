#include "store/saved_rows.h"

#include <functional>

#include "store/fixture.h"
#include "store/wire.h"

namespace pk::store::test {
namespace {

StoredConfig sample_config() {
  return {"pc-main-000001", "Main", 3, k_now_ms, k_now_ms + 5, R"({"retry": {"attempts": 2}, "x": 1e400})"};
}

StoredVirtualKey sample_virtual_key() {
  StoredVirtualKey key;
  key.id = "vk-main-000001";
  key.name = "main";
  key.provider = "bedrock";
  key.custom_host = "https://llm.example.org/v1";
  key.options = {{"aws_region", "eu-central-1", false}, {"aws_secret_access_key", "", true}};
  key.archived = true;
  key.created_at = k_now_ms;
  key.updated_at = k_now_ms + 1;
  key.sealed = std::string("\0sealed\xff", 8);
  return key;
}

StoredApiKey sample_api_key() {
  StoredApiKey stored;
  stored.key = {"pk-ci-000001", "ci", 5, "pc-main-000001", "@main", false};
  stored.hash = config::key_hash("secret");
  stored.created_at = k_now_ms;
  return stored;
}

// Every row that is shorter, longer or has a bit changed is damage, and says whose.
void check_damage(const std::string& row, const std::string& id,
                  const std::function<Result<void>(std::string_view row)>& read) {
  must(read(row));
  const auto is_damage = [&](std::string_view bytes) {
    const Result<void> done = read(bytes);
    return !done && done.error().code == Errc::corrupt && done.error().message.find(id) != std::string::npos;
  };
  for (std::size_t size = 0; size < row.size(); ++size) REQUIRE(is_damage(row.substr(0, size)));
  REQUIRE(is_damage(row + '\0'));
  for (std::size_t i = 0; i < row.size(); ++i) {
    std::string changed = row;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    REQUIRE(is_damage(changed));
  }
}

template <class Read>
std::function<Result<void>(std::string_view)> only_whether(Read read) {
  return [read](std::string_view row) -> Result<void> {
    auto value = read(row);
    if (!value) return std::move(value).error();
    return {};
  };
}

// `row` cut to `size` bytes, with a sum that is right.
std::string resealed(std::string_view key, std::string row, std::size_t size) {
  row.resize(size);
  if (size >= k_sum_bytes) seal(key, row.data(), row.size());
  return row;
}

}  // namespace

TEST_CASE("A config comes back from its row, version and id from its key") {
  const StoredConfig config = sample_config();
  const std::string key = version_key(config.id, config.version);
  CHECK(must(read_config(key, row_of(config))) == config);
  check_damage(row_of(config), config.id, only_whether([&](auto row) { return read_config(key, row); }));
}

TEST_CASE("Keys of configs order versions by number, and only they are read as such") {
  CHECK(version_key("pc-a-000001", 9) < version_key("pc-a-000001", 10));
  CHECK(version_key("pc-a-000001", 255) < version_key("pc-a-000001", 256));
  std::int64_t version = 0;
  CHECK(versioned_id_of(version_key("pc-a-000001", 4'294'967'295), &version) == "pc-a-000001");
  CHECK(version == 4'294'967'295);
  for (const std::string& bad : {std::string(), std::string(5, '\0'), std::string("pc-a-000001"),
                                 version_key("pc-a", 1).substr(0, 7), version_key("pc-a", 1) + "x"})
    CHECK(versioned_id_of(bad).empty());
  CHECK_FALSE(read_config("pc-a-000001", row_of(sample_config())));
}

TEST_CASE("A virtual key comes back from its row") {
  const StoredVirtualKey key = sample_virtual_key();
  CHECK(must(read_virtual_key(key.id, row_of(key))) == key);
  check_damage(row_of(key), key.id, only_whether([&](auto row) { return read_virtual_key(key.id, row); }));
  StoredVirtualKey plain;
  plain.id = "vk-demo-000001";
  CHECK(must(read_virtual_key(plain.id, row_of(plain))) == plain);
}

TEST_CASE("The value of a sealed option is not in the row, even if it was left in the struct") {
  StoredVirtualKey key = sample_virtual_key();
  key.options[1].value = "clear-text";
  CHECK(row_of(key).find("clear-text") == std::string::npos);
}

TEST_CASE("An API key comes back from its row") {
  const StoredApiKey stored = sample_api_key();
  const StoredApiKey read = must(read_api_key(stored.key.id, row_of(stored)));
  CHECK(read.key.id == stored.key.id);
  CHECK(read.key.name == stored.key.name);
  CHECK(read.key.scopes == stored.key.scopes);
  CHECK(read.key.default_config == stored.key.default_config);
  CHECK(read.key.default_provider == stored.key.default_provider);
  CHECK_FALSE(read.key.debug);
  CHECK(read.hash == stored.hash);
  CHECK(read.created_at == stored.created_at);
  check_damage(row_of(stored), stored.key.id,
               only_whether([&](auto row) { return read_api_key(stored.key.id, row); }));
}

TEST_CASE("A row moved to another key is damage") {
  CHECK_FALSE(read_virtual_key("vk-other-000002", row_of(sample_virtual_key())));
  CHECK_FALSE(read_api_key("pk-other-000002", row_of(sample_api_key())));
  CHECK_FALSE(read_config(version_key("pc-main-000001", 4), row_of(sample_config())));
}

TEST_CASE("A row cut anywhere is damage where its sum happens to be right, and never more") {
  const StoredApiKey api_key = sample_api_key();
  const StoredConfig config = sample_config();
  const std::string key = version_key(config.id, config.version);
  for (std::size_t size = 0; size < row_of(config).size(); ++size)
    CHECK_FALSE(read_config(key, resealed(key, row_of(config), size)));
  for (std::size_t size = 0; size < row_of(api_key).size(); ++size)
    CHECK_FALSE(read_api_key(api_key.key.id, resealed(api_key.key.id, row_of(api_key), size)));
  const StoredVirtualKey virtual_key = sample_virtual_key();
  const std::size_t whole = row_of(virtual_key).size();
  // What is sealed comes last and knows its own end.
  for (std::size_t size = 0; size < whole - virtual_key.sealed.size(); ++size)
    CHECK_FALSE(read_virtual_key(virtual_key.id, resealed(virtual_key.id, row_of(virtual_key), size)));
}

TEST_CASE("Secrets are packed and unpacked; half of them is damage") {
  const VirtualKeySecrets secrets{"sk-1234", {{"aws_secret_access_key", "abc"}, {"aws_session_token", "d"}}};
  const std::string packed = pack(secrets);
  const VirtualKeySecrets again = must(unpack_secrets("vk-a-000001", packed));
  CHECK(again.secret == secrets.secret);
  CHECK(again.options == secrets.options);
  CHECK(VirtualKeySecrets{}.empty());
  CHECK_FALSE(secrets.empty());
  const std::size_t one_less = pack({"sk-1234", {{"aws_secret_access_key", "abc"}}}).size();
  const std::size_t none = pack({"sk-1234", {}}).size();
  for (std::size_t size = 0; size < packed.size(); ++size)
    CHECK(bool(unpack_secrets("vk-a-000001", packed.substr(0, size))) == (size == none || size == one_less));
}

}  // namespace pk::store::test
