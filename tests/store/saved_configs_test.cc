#include "store/saved_configs.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "config/gateway_config.h"
#include "store/fixture.h"
#include "store/saved_load.h"
#include "store/verify.h"

namespace pk::store::test {
namespace {

const std::string k_json = R"({"retry": {"attempts": 2}, "override_params": {"seed": 12345678901234567890}})";

// Damages the newest row of the table, as a bad disk would.
void damage_last(const std::shared_ptr<Env>& env, Table table) {
  WriteTxn txn = must(WriteTxn::begin(*env));
  std::string key, row;
  {
    Cursor cursor = must(Cursor::open(txn, table));
    REQUIRE(must(cursor.last()));
    key = cursor.key();
    row = cursor.value();
  }
  row.back() = static_cast<char>(row.back() ^ 1);
  must(txn.put(table, key, row));
  must(txn.commit());
}

}  // namespace

TEST_CASE("The first config of a name is version 1, a second one of it is version 2 of the same id") {
  const TempDir dir;
  const auto env = open_env(dir);
  const StoredConfig first = must(add_config(*env, "Two regions", k_json, k_now_ms));
  CHECK(first.id.starts_with("pc-two-regions-"));
  CHECK(first.version == 1);
  CHECK(first.created_at == k_now_ms);
  const StoredConfig second = must(add_config(*env, "Two regions", "{}", k_now_ms + 9));
  CHECK(second.id == first.id);
  CHECK(second.version == 2);
  CHECK(second.created_at == k_now_ms);
  CHECK(second.saved_at == k_now_ms + 9);
  const StoredConfig other = must(add_config(*env, "Two-regions", "{}", k_now_ms));
  CHECK(other.id != first.id);
  CHECK(must(saved_changes(*env)) == 3);
}

TEST_CASE("A config is found by id and by name, its newest version or any; its text byte for byte") {
  const TempDir dir;
  std::string id;
  {
    const auto env = open_env(dir);
    id = must(add_config(*env, "main", k_json, k_now_ms)).id;
    for (int i = 2; i <= 300; ++i) must(add_config(*env, "main", "{}", k_now_ms + i));
    must(add_config(*env, "a", "[1]", k_now_ms));
    must(add_config(*env, "z", "[2]", k_now_ms));
  }
  const auto env = open_env(dir, Mode::read_only);
  for (const std::string& name : {id, std::string("main")}) {
    CHECK(must(find_config(*env, name))->version == 300);
    CHECK(must(find_config(*env, name, 1))->json == k_json);
    CHECK(must(find_config(*env, name, 257))->saved_at == k_now_ms + 257);
    for (const std::int64_t none :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{301}, INT64_MAX, INT64_MIN})
      CHECK_FALSE(must(find_config(*env, name, none)));
  }
  for (const std::string& none : {std::string(), std::string("Main"), id + "0", id.substr(0, id.size() - 1),
                                  std::string("pc-"), "pc-" + std::string(1000, 'x'), std::string(1000, 'x')})
    CHECK_FALSE(must(find_config(*env, none)));
  const auto list = must(list_configs(*env));
  REQUIRE(list.entries.size() == 3);
  CHECK(list.damage.empty());
  CHECK(list.entries[0].name == "a");
  CHECK(list.entries[1].id == id);
  CHECK(list.entries[1].version == 300);
  CHECK(list.entries[2].name == "z");
}

TEST_CASE("A bad name and a text that is too long are refused, and nothing is kept") {
  const TempDir dir;
  const auto env = open_env(dir);
  const Result<StoredConfig> bad = add_config(*env, "pc-x", "{}", k_now_ms);
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == Errc::invalid);
  must(add_config(*env, "big", std::string(config::k_config_bytes_max, ' '), k_now_ms));
  const Result<StoredConfig> long_one =
      add_config(*env, "big", std::string(config::k_config_bytes_max + 1, ' '), k_now_ms);
  REQUIRE_FALSE(long_one);
  CHECK(long_one.error().code == Errc::invalid);
  CHECK(must(find_config(*env, "big"))->version == 1);
  CHECK(must(saved_changes(*env)) == 1);
}

TEST_CASE("An edit follows the version it began from, and no other") {
  const TempDir dir;
  const auto env = open_env(dir);
  const StoredConfig first = must(add_config(*env, "main", "{}", k_now_ms));
  const StoredConfig second = must(follow_config(*env, first, k_json, k_now_ms + 1));
  CHECK(second.version == 2);
  CHECK(must(find_config(*env, "main"))->json == k_json);
  const Result<StoredConfig> late = follow_config(*env, first, "{}", k_now_ms + 2);
  REQUIRE_FALSE(late);
  CHECK(late.error().code == Errc::unauthorized);
  CHECK(late.error().message.find("version 2") != std::string::npos);
  must(remove_configs(*env, std::vector<std::string>{first.id}));
  const Result<StoredConfig> gone = follow_config(*env, second, "{}", k_now_ms + 2);
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == Errc::not_found);
}

TEST_CASE("All that are named are removed with their versions, or none is") {
  const TempDir dir;
  const auto env = open_env(dir);
  const std::string a = must(add_config(*env, "a", "{}", k_now_ms)).id;
  must(add_config(*env, "a", "{}", k_now_ms));
  must(add_config(*env, "b", "{}", k_now_ms));
  must(add_config(*env, "c", "{}", k_now_ms));
  const Result<void> missing = remove_configs(*env, std::vector<std::string>{a, "nothing"});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(entries_of(env, Table::configs) == 4);
  must(remove_configs(*env, std::vector<std::string>{a, "c", a}));
  const auto list = must(list_configs(*env));
  REQUIRE(list.entries.size() == 1);
  CHECK(list.entries[0].name == "b");
  CHECK(must(add_config(*env, "a", "{}", k_now_ms)).version == 1);
}

TEST_CASE("A damaged version is named, the others stay, and it can be removed by its id") {
  const TempDir dir;
  const auto env = open_env(dir);
  must(add_config(*env, "a", "{}", k_now_ms));
  const std::string id = must(add_config(*env, "b", "{}", k_now_ms)).id;
  must(add_config(*env, "b", "{}", k_now_ms));
  damage_last(env, Table::configs);
  const Result<std::optional<StoredConfig>> found = find_config(*env, id);
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Errc::corrupt);
  CHECK(found.error().message.find(id) != std::string::npos);
  CHECK(must(find_config(*env, id, 1))->version == 1);
  const auto list = must(list_configs(*env));
  CHECK(list.entries.size() == 1);
  CHECK(list.damage == std::vector<std::string>{found.error().message});
  CHECK(must(verify(*env)).damaged == 1);
  // It may be of that name, as it is here; of a name that can be read there is a next version.
  for (const char* name : {"b", "c"}) {
    const auto added = add_config(*env, name, "{}", k_now_ms);
    REQUIRE_FALSE(added);
    CHECK(added.error().code == Errc::corrupt);
    CHECK(added.error().message.find(id) != std::string::npos);
  }
  CHECK(must(add_config(*env, "a", "{}", k_now_ms)).version == 2);
  must(remove_configs(*env, std::vector<std::string>{id}));
  CHECK(must(verify(*env)).damaged == 0);
  CHECK(must(verify(*env)).saved == 2);  // the versions of a
}

TEST_CASE("Where there is no table yet nothing is found, and reading makes none") {
  const TempDir dir;
  { open_env(dir); }
  const auto env = open_env(dir, Mode::read_only);
  CHECK(must(list_configs(*env)).entries.empty());
  CHECK_FALSE(must(find_config(*env, "main")));
  CHECK(must(saved_changes(*env)) == 0);
}

TEST_CASE("Processes that add at once lose nothing: each version is there once") {
  constexpr int k_processes = 4, k_each = 25;
  const TempDir dir;
  { open_env(dir); }
  std::vector<pid_t> children;
  for (int i = 0; i < k_processes; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      const auto env = Env::open(dir.path(), Mode::read_write);
      bool good = bool(env);
      for (int n = 0; good && n < k_each; ++n)
        good = add_config(**env, "main", std::to_string(i * k_each + n), k_now_ms) &&
               add_config(**env, "own " + std::to_string(i), "{}", k_now_ms);
      _exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  const auto env = open_env(dir);
  std::set<std::string> texts;
  for (std::int64_t version = 1; version <= k_processes * k_each; ++version)
    texts.insert(must(find_config(*env, "main", version))->json);
  CHECK(texts.size() == k_processes * k_each);
  CHECK(must(list_configs(*env)).entries.size() == 1 + k_processes);
  CHECK(must(saved_changes(*env)) == 2 * k_processes * k_each);
}

TEST_CASE("A writer killed at any moment leaves whole versions only") {
  const TempDir dir;
  { open_env(dir); }
  for (int round = 0; round < 10; ++round) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    if (child == 0) {
      const auto env = Env::open(dir.path(), Mode::read_write);
      for (int n = 0; env && n < 10'000; ++n) {
        if (!add_config(**env, "main", std::string(5000, 'x'), k_now_ms)) _exit(1);
        if (write(ends[1], "x", 1) != 1) _exit(1);
      }
      _exit(0);
    }
    char byte = 0;
    for (int i = 0; i <= round; ++i) REQUIRE(read(ends[0], &byte, 1) == 1);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));
    close(ends[0]);
    close(ends[1]);
    const auto env = open_env(dir);
    const std::int64_t newest = must(find_config(*env, "main"))->version;
    CHECK(entries_of(env, Table::configs) == static_cast<std::uint64_t>(newest));
    CHECK(must(saved_changes(*env)) == static_cast<std::uint64_t>(newest));
    CHECK(must(verify(*env)).damaged == 0);
  }
}

}  // namespace pk::store::test
