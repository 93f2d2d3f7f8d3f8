#include "cmd/input.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "store/saved_virtual_keys.h"
#include "support/catch.h"
#include "support/temp_folder.h"

namespace pk::cmd {

namespace {

struct Fixture {
  std::string file(const std::string& text) {
    const std::filesystem::path path = folder.path() / "input";
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
    return path.string();
  }
  test::TempFolder folder;
};

// stdin from a file as long as the object lives.
class StdinFrom {
 public:
  explicit StdinFrom(const std::string& file) : m_before(::dup(STDIN_FILENO)) {
    const int fd = ::open(file.c_str(), O_RDONLY);
    ::dup2(fd, STDIN_FILENO);
    ::close(fd);
  }
  ~StdinFrom() {
    ::dup2(m_before, STDIN_FILENO);
    ::close(m_before);
  }
  StdinFrom(const StdinFrom&) = delete;
  StdinFrom& operator=(const StdinFrom&) = delete;

 private:
  int m_before;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "A file is read whole, up to its most") {
  for (const std::string& text : {std::string(), std::string("text\n"), std::string(50'000, 'x')}) {
    const auto read = read_input(file(text), 50'000);
    REQUIRE(read);
    CHECK(*read == text);
  }
  const auto too_long = read_input(file(std::string(50'001, 'x')), 50'000);
  REQUIRE_FALSE(too_long);
  CHECK(too_long.error().code == Errc::invalid);
  CHECK_FALSE(read_input("/dev/zero", 50'000));
}

TEST_CASE_METHOD(Fixture, "A missing file is not found, a folder cannot be read") {
  const auto missing = read_input((folder.path() / "none").string(), 10);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  const auto no_file = read_input(folder.path().string(), 10);
  REQUIRE_FALSE(no_file);
  CHECK(no_file.error().code == Errc::io);
}

TEST_CASE_METHOD(Fixture, "A hyphen, or nothing, is standard input; it stays open") {
  const StdinFrom from(file("from stdin"));
  CHECK(*read_input("-", 100) == "from stdin");
  CHECK(read_input("", 100)->empty());  // it is at its end, and no error
}

TEST_CASE_METHOD(Fixture, "A secret is one line without its end") {
  const std::pair<const char*, const char*> cases[] = {{"sk-1234", "sk-1234"},
                                                       {"sk-1234\n", "sk-1234"},
                                                       {"sk-1234\r\n", "sk-1234"},
                                                       {" sk 1 ", " sk 1 "},
                                                       {"", ""},
                                                       {"\n", ""}};
  for (const auto& [text, secret] : cases) {
    const auto read = read_secret(file(text), "");
    REQUIRE(read);
    CHECK(read->reveal() == secret);
  }
  const StdinFrom from(file("typed\n"));
  CHECK(read_secret({}, "")->reveal() == "typed");
}

TEST_CASE_METHOD(Fixture, "A secret of several lines, with control characters, or too long is refused") {
  using namespace std::string_literals;
  for (const std::string& text : {"a\nb"s, "a\n\n"s, "a\0b"s, "a\x1b[0m"s, "a\tb"s, "a\x7f"s,
                                  std::string(store::k_virtual_key_bytes_max + 1, 'x')}) {
    const auto read = read_secret(file(text), "");
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Errc::invalid);
    CHECK(read.error().message.find("xxx") == std::string::npos);
  }
  CHECK_FALSE(read_secret((folder.path() / "none").string(), ""));
}

}  // namespace pk::cmd
