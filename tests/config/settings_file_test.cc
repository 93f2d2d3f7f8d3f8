#include "config/settings_file.h"

#include <fstream>

#include "support/catch.h"
#include "support/temp_folder.h"

namespace pk::config {

namespace {

Result<std::vector<FileEntry>> read(const std::string& text) {
  const test::TempFolder folder;
  std::ofstream(folder.path() / "config.toml") << text;
  return read_settings_file(folder.path() / "config.toml", true);
}

}  // namespace

TEST_CASE("Entries come in the order of the file, each with its line and what it is") {
  const auto entries =
      read("# a comment\nb = \"text\"\na = 7\n\nc = true\nd = [\"x\", \"y\"]\ne = 1.5\nf = [1]\n");
  REQUIRE(entries);
  REQUIRE(entries->size() == 6);
  const auto& e = *entries;
  CHECK(e[0].key == "b");
  CHECK(e[0].line == 2);
  CHECK(std::get<std::string>(e[0].value) == "text");
  CHECK(e[1].line == 3);
  CHECK(std::get<std::int64_t>(e[1].value) == 7);
  CHECK(std::get<bool>(e[2].value));
  CHECK(std::get<std::vector<std::string>>(e[3].value) == std::vector<std::string>{"x", "y"});
  CHECK(std::get<double>(e[4].value) == 1.5);
  CHECK(std::holds_alternative<std::monostate>(e[5].value));
}

TEST_CASE("A section's keys carry its name, other tables are no settings") {
  const auto entries = read("[cache]\nurl = \"off\"\n\n[cache.deeper]\na = 1\n\n[other]\nb = 2\n");
  REQUIRE(entries);
  REQUIRE(entries->size() == 3);
  CHECK((*entries)[0].key == "cache_url");
  CHECK((*entries)[0].line == 2);
  CHECK(std::get<std::string>((*entries)[0].value) == "off");
  CHECK((*entries)[1].key == "cache_deeper");
  CHECK(std::holds_alternative<std::monostate>((*entries)[1].value));
  CHECK((*entries)[2].key == "other");
}

TEST_CASE("What is no TOML is named with its line; what is too large is not read") {
  for (const char* text : {"a", "a = ", "a = 1\na = 2", "[a", "a = \"\xff\"", "a = \"\\q\""}) {
    CAPTURE(text);
    const auto entries = read(text);
    REQUIRE_FALSE(entries);
    CHECK(entries.error().code == Errc::invalid);
    CHECK(entries.error().message.find("config.toml:") != std::string::npos);
    CHECK(entries.error().message.find('\n') == std::string::npos);
  }
  CHECK_FALSE(read(std::string(2'000'000, '#')));
}

TEST_CASE("Values are taken as their setting's type, or not at all") {
  const FileEntry words{"k", 1, std::string("10MB")}, number{"k", 1, std::int64_t{3}}, truth{"k", 1, true},
      texts{"k", 1, std::vector<std::string>{"a"}}, nothing{"k", 1, {}};
  using enum SettingType;
  CHECK(file_values(words, text, "").value() == std::vector<std::string>{"10MB"});
  CHECK(file_values(words, bytes, "").value() == std::vector<std::string>{"10MB"});
  CHECK(file_values(number, bytes, "").value() == std::vector<std::string>{"3"});
  CHECK(file_values(number, integer, "").value() == std::vector<std::string>{"3"});
  CHECK(file_values(truth, boolean, "").value() == std::vector<std::string>{"true"});
  CHECK(file_values(texts, list, "").value() == std::vector<std::string>{"a"});
  for (const SettingType type : {text, integer, boolean, list, bytes})
    CHECK_FALSE(file_values(nothing, type, ""));
  CHECK_FALSE(file_values(number, text, ""));
  CHECK_FALSE(file_values(words, integer, ""));
  CHECK_FALSE(file_values(words, boolean, ""));
  CHECK_FALSE(file_values(words, list, ""));
  CHECK(file_values(words, integer, "f.toml:1: k").error().message == "f.toml:1: k: wants a whole number");
}

}  // namespace pk::config
