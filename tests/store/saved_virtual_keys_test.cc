#include "store/saved_virtual_keys.h"

#include <sys/wait.h>
#include <unistd.h>

#include "store/fixture.h"
#include "store/saved_load.h"
#include "store/verify.h"

namespace pk::store::test {
namespace {

constexpr const char* k_marker = "sk-marker-7Qd1xWm0";
constexpr const char* k_second = "aws-marker-9Lr4tZk2";

VirtualKeyChange openai(const std::string& secret) {
  VirtualKeyChange key;
  key.provider = "openai";
  key.secret = config::Secret(secret);
  return key;
}

VirtualKeyChange bedrock() {
  VirtualKeyChange key;
  key.provider = "bedrock";
  key.options = {{"aws_region", "eu-central-1"}, {"aws_secret_access_key", k_second}};
  return key;
}

// The id of a new virtual key.
std::string add(const std::shared_ptr<Env>& env, const std::string& name, const VirtualKeyChange& key) {
  const auto id = must(add_virtual_key(*env, name, key, k_now_ms));
  REQUIRE(id);
  return *id;
}

config::VirtualKey opened(const std::shared_ptr<Env>& env, const std::string& name) {
  const auto stored = must(find_virtual_key(*env, name));
  REQUIRE(stored);
  return must(open_virtual_key(env->dir(), *stored, must(SecretKey::load(env->dir()))));
}

// Every file of the folder, and their names.
std::string all_bytes(const TempDir& dir) {
  std::string bytes;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path()))
    bytes += entry.path().string() + "\n" + (entry.is_regular_file() ? read_file(entry.path()) : "");
  return bytes;
}

void check_io(const Result<void>& done, const char* why) {
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::io);
  CHECK(done.error().message.find(why) != std::string::npos);
}

}  // namespace

TEST_CASE("A virtual key comes back with its secrets, by id and by name") {
  const TempDir dir;
  const auto env = open_env(dir);
  const std::string id = add(env, "main", openai(k_marker));
  CHECK(id.starts_with("vk-main-"));
  const std::string aws = add(env, "aws", bedrock());
  CHECK(opened(env, "main").secret.reveal() == k_marker);
  CHECK(opened(env, "@main").secret.reveal() == k_marker);
  CHECK_FALSE(must(find_virtual_key(*env, "@@main")));
  CHECK_FALSE(must(find_virtual_key(*env, "@")));
  CHECK(opened(env, id).id == id);
  CHECK(opened(env, id).provider == "openai");
  const config::VirtualKey key = opened(env, aws);
  CHECK(key.secret.empty());
  CHECK(key.options == std::vector<std::pair<std::string, std::string>>{{"aws_region", "eu-central-1"},
                                                                        {"aws_secret_access_key", k_second}});
  CHECK(must(saved_changes(*env)) == 2);
  CHECK(must(verify(*env)).damaged == 0);
}

TEST_CASE("A secret is in no file of the data folder, whatever was done with it") {
  const TempDir dir;
  {
    const auto env = open_env(dir);
    const std::string id = add(env, "main", openai(k_marker));
    add(env, "aws", bedrock());
    VirtualKeyChange more;
    more.options = {{"azure_ad_token", k_second}};
    must(edit_virtual_key(*env, id, more, k_now_ms));
    must(archive_virtual_keys(*env, std::vector<std::string>{id}, true, k_now_ms));
    CHECK(opened(env, id).secret.reveal() == k_marker);
    must(remove_virtual_keys(*env, std::vector<std::string>{"aws"}));
  }
  const std::string bytes = all_bytes(dir);
  CHECK(bytes.find("eu-central-1") != std::string::npos);  // the search sees what is in clear
  CHECK(bytes.find(k_marker) == std::string::npos);
  CHECK(bytes.find(k_second) == std::string::npos);
}

TEST_CASE("A name is given once; a bad one, too many options and too long ones are refused") {
  const TempDir dir;
  const auto env = open_env(dir);
  add(env, "main", openai(k_marker));
  CHECK_FALSE(must(add_virtual_key(*env, "main", openai("other"), k_now_ms)));
  CHECK(opened(env, "main").secret.reveal() == k_marker);
  VirtualKeyChange many = openai("x");
  for (std::size_t i = 0; i <= k_virtual_key_options_max; ++i)
    many.options.emplace_back("openai_" + std::to_string(i), "v");
  for (const auto& bad :
       {add_virtual_key(*env, "a/b", openai("x"), k_now_ms), add_virtual_key(*env, "many", many, k_now_ms),
        add_virtual_key(*env, "long", openai(std::string(100'000, 'x')), k_now_ms)}) {
    REQUIRE_FALSE(bad);
    CHECK(bad.error().code == Errc::invalid);
  }
  CHECK(entries_of(env, Table::virtual_keys) == 1);
}

TEST_CASE("A virtual key without any secret needs no key file, and makes none") {
  const TempDir dir;
  const auto env = open_env(dir);
  VirtualKeyChange demo;
  demo.provider = "demo";
  demo.secret = config::Secret("");
  add(env, "demo", demo);
  CHECK_FALSE(std::filesystem::exists(dir.path() / k_secret_key_file));
  CHECK(must(find_virtual_key(*env, "demo"))->sealed.empty());
}

TEST_CASE("An edit changes what it names and leaves the rest") {
  const TempDir dir;
  const auto env = open_env(dir);
  add(env, "main", openai(k_marker));
  VirtualKeyChange change;
  change.custom_host = "https://llm.example.org/v1";
  change.options = {{"openai_project", "p1"}, {"azure_ad_token", "t1"}};
  must(edit_virtual_key(*env, "main", change, k_now_ms + 7));
  config::VirtualKey key = opened(env, "main");
  CHECK(key.secret.reveal() == k_marker);
  CHECK(key.provider == "openai");
  CHECK(key.custom_host == "https://llm.example.org/v1");
  CHECK(key.options.size() == 2);
  CHECK(must(find_virtual_key(*env, "main"))->created_at == k_now_ms);
  CHECK(must(find_virtual_key(*env, "main"))->updated_at == k_now_ms + 7);
  VirtualKeyChange drop;
  drop.options = {{"azure_ad_token", ""}, {"openai_project", "p2"}};
  drop.secret = config::Secret("new");
  must(edit_virtual_key(*env, "main", drop, k_now_ms));
  key = opened(env, "main");
  CHECK(key.secret.reveal() == "new");
  CHECK(key.options == std::vector<std::pair<std::string, std::string>>{{"openai_project", "p2"}});
  const Result<void> none = edit_virtual_key(*env, "nothing", drop, k_now_ms);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::not_found);
}

TEST_CASE("Archiving and back, of all that are named or none") {
  const TempDir dir;
  const auto env = open_env(dir);
  add(env, "a", openai("1"));
  add(env, "b", openai("2"));
  const Result<void> missing =
      archive_virtual_keys(*env, std::vector<std::string>{"a", "nothing"}, true, k_now_ms);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK_FALSE(must(find_virtual_key(*env, "a"))->archived);
  must(archive_virtual_keys(*env, std::vector<std::string>{"a", "b", "a"}, true, k_now_ms));
  CHECK(opened(env, "a").archived);
  CHECK(opened(env, "b").archived);
  must(archive_virtual_keys(*env, std::vector<std::string>{"b"}, false, k_now_ms));
  CHECK_FALSE(opened(env, "b").archived);
  CHECK(opened(env, "b").secret.reveal() == "2");
  REQUIRE_FALSE(remove_virtual_keys(*env, std::vector<std::string>{"a", "nothing"}));
  CHECK(must(list_virtual_keys(*env)).entries.size() == 2);
  must(remove_virtual_keys(*env, std::vector<std::string>{"a"}));
  CHECK(must(list_virtual_keys(*env)).entries.size() == 1);
}

TEST_CASE("With the key file gone nothing new is encrypted, and what needs no secret still works") {
  const TempDir dir;
  const auto env = open_env(dir);
  const std::string id = add(env, "main", openai(k_marker));
  const std::filesystem::path file = dir.path() / k_secret_key_file;
  const std::string text = read_file(file);
  std::filesystem::remove(file);
  const auto added = add_virtual_key(*env, "other", openai("x"), k_now_ms);
  REQUIRE_FALSE(added);
  check_io(added.error(), "is missing");
  check_io(edit_virtual_key(*env, id, openai("x"), k_now_ms), "is missing");
  CHECK_FALSE(std::filesystem::exists(file));
  VirtualKeyChange host;
  host.custom_host = "https://llm.example.org";
  must(edit_virtual_key(*env, id, host, k_now_ms));
  must(archive_virtual_keys(*env, std::vector<std::string>{id}, true, k_now_ms));
  CHECK(must(list_virtual_keys(*env)).entries.size() == 1);
  write_file(file, text);
  CHECK(opened(env, id).secret.reveal() == k_marker);
  std::filesystem::remove(file);
  must(remove_virtual_keys(*env, std::vector<std::string>{id}));
  add(env, "fresh", openai("y"));  // nothing is encrypted any more: a new file is made
  CHECK(opened(env, "fresh").secret.reveal() == "y");
}

TEST_CASE("With another key file nothing is opened, encrypted or written over") {
  const TempDir dir, other;
  const auto env = open_env(dir);
  const std::string id = add(env, "main", openai(k_marker));
  must(SecretKey::load_or_make(other.path()));
  write_file(dir.path() / k_secret_key_file, read_file(other.path() / k_secret_key_file));
  const auto stored = must(find_virtual_key(*env, id));
  const auto open = open_virtual_key(env->dir(), *stored, must(SecretKey::load(dir.path())));
  REQUIRE_FALSE(open);
  check_io(open.error(), "is not the key");
  check_io(edit_virtual_key(*env, id, openai("x"), k_now_ms), "is not the key");
  const auto added = add_virtual_key(*env, "other", openai("x"), k_now_ms);
  REQUIRE_FALSE(added);
  check_io(added.error(), "is not the key");
  CHECK(must(find_virtual_key(*env, id)) == stored);
}

TEST_CASE("A damaged virtual key is named, and can be removed by its id") {
  const TempDir dir;
  const auto env = open_env(dir);
  add(env, "good", openai("1"));
  const std::string id = add(env, "bad", openai("2"));
  WriteTxn txn = must(WriteTxn::begin(*env));
  must(txn.put(Table::virtual_keys, id, "rubbish"));
  must(txn.commit());
  CHECK(must(list_virtual_keys(*env)).entries.size() == 1);
  REQUIRE(must(list_virtual_keys(*env)).damage.size() == 1);
  CHECK(must(list_virtual_keys(*env)).damage[0].find(id) != std::string::npos);
  REQUIRE_FALSE(find_virtual_key(*env, id));
  REQUIRE_FALSE(archive_virtual_keys(*env, std::vector<std::string>{id}, true, k_now_ms));
  CHECK(must(verify(*env)).damaged == 1);
  const auto added = add_virtual_key(*env, "new", openai("x"), k_now_ms);
  REQUIRE_FALSE(added);
  CHECK(added.error().code == Errc::corrupt);  // the damaged one may be of that name
  must(remove_virtual_keys(*env, std::vector<std::string>{id}));
  CHECK(must(verify(*env)).damaged == 0);
}

TEST_CASE("Of two processes that add one name one wins, and first keys made at once are one key") {
  const TempDir dir;
  { open_env(dir); }
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      const auto env = Env::open(dir.path(), Mode::read_write);
      if (!env) _exit(1);
      const auto shared = add_virtual_key(**env, "shared", openai("x"), k_now_ms);
      const auto own = add_virtual_key(**env, "own" + std::to_string(i), openai("y"), k_now_ms);
      _exit(shared && own && *own ? (*shared ? 10 : 20) : 1);
    }
    children.push_back(child);
  }
  int won = 0;
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE((WEXITSTATUS(status) == 10 || WEXITSTATUS(status) == 20));
    won += WEXITSTATUS(status) == 10;
  }
  CHECK(won == 1);
  const auto env = open_env(dir);
  CHECK(must(list_virtual_keys(*env)).entries.size() == 5);
  for (int i = 0; i < 4; ++i) CHECK(opened(env, "own" + std::to_string(i)).secret.reveal() == "y");
}

}  // namespace pk::store::test
