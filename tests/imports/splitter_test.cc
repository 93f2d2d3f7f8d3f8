#include "imports/splitter.h"

#include "support/catch.h"

using namespace pk;
using imports::Row;
using imports::Splitter;

namespace {

// "3:x" for a row at line 3 whose `a` is x, "3!what" for one that is none.
std::vector<std::string> split(std::string_view text, std::size_t piece) {
  std::vector<std::string> got;
  Splitter splitter([&](std::uint64_t line, const Result<Row>& row) {
    got.push_back(std::to_string(line) + (row ? ":" + row->text("a") : "!" + row.error().message));
  });
  for (std::size_t at = 0; at < text.size(); at += piece) splitter.feed(text.substr(at, piece));
  splitter.finish();
  return got;
}

void check(std::string_view text, const std::vector<std::string>& rows) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, text.size() + 1}) {
    CAPTURE(text, piece);
    CHECK(split(text, piece) == rows);
  }
}

}  // namespace

TEST_CASE("Objects a line each; what is none is told by its line, and the others are taken") {
  check("", {});
  check("\n \n", {});
  check("{\"a\":1}", {"1:1"});
  check("{\"a\":1}\r\n\n{\"a\":\"x\\ny\"}\n", {"1:1", "3:x\ny"});
  check("\xef\xbb\xbf{\"a\":1}\n", {"1:1"});
  check("{\"a\":1}\nhello\n{\"a\":2}\n{\"a\":", {"1:1", "2!it is no JSON", "3:2", "4!it is no JSON"});
  check("{\"a\":1}\n[]\n", {"1:1", "2!it is no JSON object"});
}

TEST_CASE("The elements of an array, laid out as they like") {
  check("[]", {});
  check("[\n]\n", {});
  check(" [{\"a\":1},{\"a\":{\"b\":[1,\"}\\\"]\"]}}]", {"1:1", "1:{\"b\":[1,\"}\\\"]\"]}"});
  check("[\n  {\n    \"a\": 1\n  },\n  {\"a\": 2}\n]\ntrailing", {"2:1", "5:2"});
  check("[{\"a\":1},{\"a\":", {"1:1", "1!it is cut"});
  check("[{\"a\":1},", {"1:1", "1!it is cut"});
  check("[{\"a\":1}, 7, {\"a\":2}]", {"1:1", "1!the array cannot be read from here on"});
  check("[[1],{\"a\":2}]", {"1!it is no JSON object", "1:2"});
}

TEST_CASE("CSV with a header: quotes, commas and new lines within cells") {
  check("a,b\n", {});
  check("a,b\n1,2\n", {"2:1"});
  check("b,a\r\n1,x\r\n2,\"y \"\"z\"\",\nw\"\r\n,last", {"2:x", "3:y \"z\",\nw", "5:last"});
  check("a,b\n1\n\n3,4\n", {"2!it has another number of cells than the header", "4:3"});
  check("a,b\n1,\"x", {"2!it is cut"});
}
