#include "share/file.h"

#include <fstream>

#include "share/page.h"
#include "share/sample.h"
#include "support/catch.h"
#include "support/temp_folder.h"

namespace pk::share {
namespace {

std::string page() {
  return page_html(sample_record(), {});
}

}  // namespace

TEST_CASE("A page that any byte was changed in is noticed, and ends in a line at worst") {
  const std::string good = page();
  REQUIRE_FALSE(parse_shared(good)->changed);
  for (std::size_t i = 0; i < good.size(); i += 7) {
    std::string edited = good;
    edited[i] = edited[i] == 'x' ? 'y' : 'x';
    if (const auto shared = parse_shared(edited)) CHECK((shared->changed || edited == good));
  }
  for (std::size_t size = 0; size < good.size(); size += 11)
    if (const auto shared = parse_shared(std::string_view(good).substr(0, size))) CHECK(shared->changed);
}

TEST_CASE("A line end or space more at the end is no change") {
  CHECK_FALSE(parse_shared(page() + "\r\n\n")->changed);
  CHECK(parse_shared(page() + "x")->changed);
  CHECK(parse_shared("\n" + page())->changed);
}

TEST_CASE("A record as JSON is read as it is, and what holds no log is refused") {
  CHECK(parse_shared(" {\"id\":\"x\"}\n")->json == "{\"id\":\"x\"}");
  CHECK_FALSE(parse_shared("{\"id\":\"x\"}")->changed);
  for (const char* text : {"", "[]", "{", "<html>", "id=\"pk-record\"", "id=\"pk-record\">",
                           "id=\"pk-record\">[]</pre>", "id=\"pk-record\">{</pre>", "\"text\""}) {
    const auto shared = parse_shared(text);
    REQUIRE_FALSE(shared);
    CHECK(shared.error().code == Errc::invalid);
  }
}

TEST_CASE("Files are read, and what cannot be is named") {
  const test::TempFolder folder;
  const auto file = folder.path() / "a.html";
  std::ofstream(file) << page();
  CHECK_FALSE(read_shared(file)->changed);
  const auto missing = read_shared(folder.path() / "none.html");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(missing.error().message.find("none.html") != std::string::npos);
  CHECK_FALSE(read_shared(folder.path()));
  std::ofstream(folder.path() / "b.html") << "nothing";
  CHECK(read_shared(folder.path() / "b.html").error().message.find("b.html") != std::string::npos);
}

TEST_CASE("What has a slash or ends as a file does is a file") {
  for (const char* name : {"./a", "/tmp/x", "a.html", "b.json", "x/y"}) CHECK(names_file(name));
  for (const char* name : {"018e0a3c", "@latest", "a.htm", ""}) CHECK_FALSE(names_file(name));
}

}  // namespace pk::share
