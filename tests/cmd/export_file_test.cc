#include "cmd/export_file.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "support/catch.h"
#include "support/temp_folder.h"

using namespace pk;
using cmd::ExportedLines;
using cmd::ExportFile;
using cmd::ExportForm;

namespace {

constexpr std::string_view k_a = "018e0a3c-5c00-7000-8000-00000000000a";
constexpr std::string_view k_b = "018e0a3c-5c00-7000-8000-00000000000b";

std::string json_line(std::string_view id, std::string_view more = {}) {
  return "{\"id\":\"" + std::string(id) + "\"" + std::string(more) + "}\n";
}

// In pieces of each size: where they are cut makes no difference.
void check(ExportForm form, const std::string& header, const std::string& text, std::size_t ids,
           std::size_t bytes) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, text.size()}) {
    CAPTURE(text, piece);
    ExportedLines lines(form, header);
    for (std::size_t at = 0; at < text.size(); at += piece)
      REQUIRE(lines.feed(std::string_view(text).substr(at, piece)));
    const auto exported = std::move(lines).take();
    CHECK(exported.ids.size() == ids);
    CHECK(exported.bytes == bytes);
  }
}

std::string refused(ExportForm form, const std::string& header, std::string_view text) {
  ExportedLines lines(form, header);
  const auto fed = lines.feed(text);
  return fed ? "" : fed.error().message;
}

std::string content_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

void put(const std::filesystem::path& file, std::string_view text) {
  std::ofstream(file) << text;
}

}  // namespace

TEST_CASE("The lines of a file say which records it has, up to where it was cut") {
  const std::string two = json_line(k_b) + json_line(k_a, ",\"model\":\"a\\nb\"");
  check(ExportForm::jsonl, "", "", 0, 0);
  check(ExportForm::jsonl, "", two, 2, two.size());
  check(ExportForm::jsonl, "", two + two, 2, 2 * two.size());
  for (std::size_t cut = 1; cut < two.size(); ++cut) {
    const std::size_t first = json_line(k_b).size();
    check(ExportForm::jsonl, "", two.substr(0, cut), cut >= first, cut >= first ? first : 0);
  }
}

TEST_CASE("A line of CSV ends outside of quotes") {
  const std::string row = std::string(k_a) + ",\"a \"\"b\"\"\nc,d\"\n";
  const std::string text = "id,model\n" + row + std::string(k_b) + ",\n";
  check(ExportForm::csv, "id,model", text, 2, text.size());
  check(ExportForm::csv, "id,model", text.substr(0, text.size() - 1), 1, 9 + row.size());
  check(ExportForm::csv, "id,model", text.substr(0, 9 + row.size() - 3), 0, 9);
  check(ExportForm::csv, "id,model", "id,mod", 0, 0);
  check(ExportForm::csv, "id", "id\n" + std::string(k_a) + "\n", 1, 40);
}

TEST_CASE("A file of something else is not gone on with") {
  CHECK(refused(ExportForm::jsonl, "", "hello\n") == "line 1 is no exported record");
  CHECK(refused(ExportForm::jsonl, "", json_line(k_a) + "\n") == "line 2 is no exported record");
  CHECK(refused(ExportForm::jsonl, "", "{\"id\":\"x\"}\n") == "line 1 is no exported record");
  CHECK(refused(ExportForm::jsonl, "", "{\"id\":\"" + std::string(k_a) + "\n") ==
        "line 1 is no exported record");
  CHECK(refused(ExportForm::csv, "id,model", "id,user\n") ==
        "its first line does not name the fields that are to be exported");
  CHECK(refused(ExportForm::csv, "id,model", "id,model,user\n") ==
        "its first line does not name the fields that are to be exported");
  CHECK(refused(ExportForm::csv, "id", "id\nhello\n") == "line 2 is no exported record");
}

TEST_CASE("A file that has something is not written over unasked; a new one is its owner's alone") {
  const test::TempFolder folder;
  const std::string name = (folder.path() / "out.jsonl").string();
  {
    auto file = ExportFile::open(name, ExportFile::Open::fresh);
    REQUIRE(file);
    CHECK(file->write(json_line(k_a)));
    const auto second = ExportFile::open(name, ExportFile::Open::resume);
    CHECK_FALSE(second);  // at the same time
    CHECK(file->finish());
  }
  struct stat stat {};
  REQUIRE(::stat(name.c_str(), &stat) == 0);
  CHECK((stat.st_mode & 0777) == 0600);
  const auto again = ExportFile::open(name, ExportFile::Open::fresh);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Errc::io);
  CHECK(content_of(name) == json_line(k_a));
  CHECK(ExportFile::open(name, ExportFile::Open::over));
  CHECK(content_of(name).empty());
  CHECK(ExportFile::open(name, ExportFile::Open::fresh));
}

TEST_CASE("What was cut off is taken off, and writing goes on there") {
  const test::TempFolder folder;
  const std::string name = (folder.path() / "out.jsonl").string();
  put(name, json_line(k_a) + "{\"id\":\"018e");
  {
    auto file = ExportFile::open(name, ExportFile::Open::resume);
    REQUIRE(file);
    const auto exported = file->mend(ExportForm::jsonl, "");
    REQUIRE(exported);
    CHECK(exported->ids == std::vector<Uuid>{*Uuid::parse(k_a)});
    CHECK(file->write(json_line(k_b)));
    CHECK(file->finish());
  }
  CHECK(content_of(name) == json_line(k_a) + json_line(k_b));
}

TEST_CASE("What is no export stays as it is") {
  const test::TempFolder folder;
  const std::string name = (folder.path() / "letter").string();
  put(name, "Dear Ana,\nthanks");
  auto file = ExportFile::open(name, ExportFile::Open::resume);
  REQUIRE(file);
  const auto exported = file->mend(ExportForm::jsonl, "");
  REQUIRE_FALSE(exported);
  CHECK(exported.error().message ==
        name + ": line 1 is no exported record; nothing was written, export to another file");
  CHECK(content_of(name) == "Dear Ana,\nthanks");
  CHECK_FALSE(ExportFile::open("/dev/null", ExportFile::Open::resume));
  CHECK(ExportFile::open("/dev/null", ExportFile::Open::fresh));
  CHECK_FALSE(ExportFile::open(folder.path().string(), ExportFile::Open::fresh));
}
