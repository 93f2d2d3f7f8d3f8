#include "store/saved_secret.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "store/fixture.h"

namespace pk::store::test {
namespace {

std::filesystem::path key_file(const TempDir& dir) {
  return dir.path() / k_secret_key_file;
}

// How many files the folder has.
std::size_t files_in(const TempDir& dir) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(dir.path()), {}));
}

void check_refused(const TempDir& dir, const char* why) {
  for (const auto& loaded : {SecretKey::load, SecretKey::load_or_make}) {
    const Result<SecretKey> key = loaded(dir.path());
    REQUIRE_FALSE(key);
    CHECK(key.error().code == Errc::io);
    CHECK(key.error().message.find(key_file(dir).string()) != std::string::npos);
    CHECK(key.error().message.find(why) != std::string::npos);
    CHECK(key.error().message.find('\n') == std::string::npos);
  }
}

}  // namespace

TEST_CASE("The key file is made once, private, and stays as it is") {
  const TempDir dir;
  CHECK_FALSE(SecretKey::load(dir.path()));
  CHECK(files_in(dir) == 0);
  must(SecretKey::load_or_make(dir.path()));
  const std::string text = read_file(key_file(dir));
  CHECK(text.size() == 65);
  CHECK(files_in(dir) == 1);
  struct stat file {};
  REQUIRE(stat(key_file(dir).c_str(), &file) == 0);
  CHECK((file.st_mode & 07777) == 0600);
  must(SecretKey::load_or_make(dir.path()));
  must(SecretKey::load(dir.path()));
  CHECK(read_file(key_file(dir)) == text);
}

TEST_CASE("What is sealed is opened by the same key, for the same id, whole; and never twice the same") {
  const TempDir dir;
  const SecretKey key = must(SecretKey::load_or_make(dir.path()));
  const SecretKey same = must(SecretKey::load(dir.path()));
  for (const std::string& text : {std::string(), std::string("sk-1234"), std::string(70'000, '\xff')}) {
    const std::string sealed = key.seal("vk-a-000001", text);
    CHECK(same.open("vk-a-000001", sealed) == text);
    CHECK_FALSE(key.open("vk-b-000001", sealed));
    CHECK_FALSE(key.open("vk-a-000001", sealed + "x"));
    CHECK(sealed != key.seal("vk-a-000001", text));
    if (text.size() > 3) CHECK(sealed.find(text) == std::string::npos);
  }
  const std::string sealed = key.seal("vk-a-000001", "sk-1234");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    CHECK_FALSE(key.open("vk-a-000001", sealed.substr(0, i)));
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(key.open("vk-a-000001", changed));
  }
  const TempDir other;
  CHECK_FALSE(must(SecretKey::load_or_make(other.path())).open("vk-a-000001", sealed));
}

TEST_CASE("A key that was moved works on, and the one it was moved to holds it") {
  const TempDir dir;
  SecretKey key = must(SecretKey::load_or_make(dir.path()));
  const std::string sealed = key.seal("vk-a-000001", "text");
  SecretKey moved = std::move(key);
  CHECK(moved.open("vk-a-000001", sealed) == "text");
  const TempDir elsewhere;
  SecretKey other = must(SecretKey::load_or_make(elsewhere.path()));
  other = std::move(moved);
  CHECK(other.open("vk-a-000001", sealed) == "text");
}

TEST_CASE("A file that holds no key is named, and is not written over") {
  const TempDir dir;
  must(SecretKey::load_or_make(dir.path()));
  const std::string good = read_file(key_file(dir));
  for (const std::string& bad :
       {std::string(), good.substr(0, 64), good + "\n", good.substr(1), std::string(64, 'g') + "\n",
        std::string(100'000, 'a'), std::string(65, '\0')}) {
    write_file(key_file(dir), bad);
    check_refused(dir, "holds no key");
    CHECK(read_file(key_file(dir)) == bad);
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    write_file(key_file(dir), good.substr(0, size));
    CHECK_FALSE(SecretKey::load_or_make(dir.path()));
  }
}

TEST_CASE("A missing key file is said to be missing, and what to do; a folder in its place is no key") {
  const TempDir dir;
  const Result<SecretKey> missing = SecretKey::load(dir.path());
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::io);
  CHECK(missing.error().message.find("put it back") != std::string::npos);
  std::filesystem::create_directory(key_file(dir));
  check_refused(dir, "Is a directory");
}

TEST_CASE("A key file that may not be read is an error of the system") {
  if (geteuid() == 0) return;  // root reads everything
  const TempDir dir;
  must(SecretKey::load_or_make(dir.path()));
  chmod(key_file(dir).c_str(), 0);
  check_refused(dir, "Permission denied");
}

TEST_CASE("Of several processes that need the first key one makes it, and all have the same") {
  const TempDir dir;
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      const Result<SecretKey> key = SecretKey::load_or_make(dir.path());
      if (key) write_file(dir.path() / ("sealed" + std::to_string(i)), key->seal("vk-a-000001", "text"));
      _exit(key ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  const SecretKey key = must(SecretKey::load(dir.path()));
  for (int i = 0; i < 8; ++i)
    CHECK(key.open("vk-a-000001", read_file(dir.path() / ("sealed" + std::to_string(i)))) == "text");
  CHECK(files_in(dir) == 9);
}

TEST_CASE("The error for another key names the file and whose secret it is") {
  const Error error = wrong_secret_key("/data", "vk-a-000001");
  CHECK(error.code == Errc::io);
  CHECK(error.message.starts_with("/data/secret.key is not the key that virtual key vk-a-000001"));
}

}  // namespace pk::store::test
