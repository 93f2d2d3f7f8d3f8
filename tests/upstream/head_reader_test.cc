#include "upstream/head_reader.h"

#include <string>
#include <vector>

#include "support/catch.h"

using pk::Errc;
using pk::log::Headers;
using pk::upstream::HeadReader;

namespace {

constexpr std::size_t k_head_bytes_max = 4096;

// Each line as it would come, with `line_end` behind it; the empty line that ends the head is added.
HeadReader read(const std::vector<std::string>& lines, std::string_view line_end = "\r\n") {
  HeadReader reader(k_head_bytes_max);
  for (const std::string& line : lines)
    if (!reader.take(line + std::string(line_end))) return reader;
  reader.take(line_end);
  return reader;
}

HeadReader read_fields(std::vector<std::string> fields) {
  fields.insert(fields.begin(), "HTTP/1.1 200 OK");
  return read(fields);
}

}  // namespace

TEST_CASE("A head is a status and its fields, in their order and as they were written") {
  for (const char* line_end : {"\r\n", "\n", ""}) {
    const HeadReader reader =
        read({"HTTP/1.1 201 Created", "X-B: 1", "x-a: \t two  words \t", "X-B: 2", "Empty:"}, line_end);
    REQUIRE(reader.done());
    CHECK_FALSE(reader.error());
    CHECK(reader.head().status == 201);
    CHECK(reader.head().headers == Headers{{"X-B", "1"}, {"x-a", "two  words"}, {"X-B", "2"}, {"Empty", ""}});
  }
}

TEST_CASE("The status is three digits, whatever comes before and behind them") {
  struct Case {
    const char* line;
    int status;
  };
  const std::vector<Case> cases = {
      {"HTTP/1.1 200 OK", 200},  {"HTTP/1.0 404", 404}, {"HTTP/2 503 ", 503},
      {"HTTP/1.1 299 2 9", 299}, {"HTTP/3 799", 799},   {"HTTP/1.1 200 HTTP/1.1 500", 200},
  };
  for (const Case& c : cases) {
    INFO(c.line);
    CHECK(read({c.line}).head().status == c.status);
  }
}

TEST_CASE("A body ends with its connection where nothing else says its end") {
  const auto ends_by_close = [](const std::vector<std::string>& lines) {
    return read(lines).head().ends_by_close;
  };
  const std::string ok = "HTTP/1.1 200 OK";
  CHECK(ends_by_close({ok}));
  CHECK(ends_by_close({"HTTP/1.0 200 OK", "Content-Type: text/event-stream"}));
  CHECK(ends_by_close({"HTTP/1.1 100 Continue", "", ok, "Content-Encoding: br"}));
  CHECK_FALSE(ends_by_close({ok, "Content-Length: 0"}));
  CHECK_FALSE(ends_by_close({ok, "Transfer-Encoding: chunked"}));
  CHECK_FALSE(ends_by_close({ok, "Content-Encoding: gzip"}));
  CHECK_FALSE(ends_by_close({"HTTP/1.1 204 No Content"}));
  CHECK_FALSE(ends_by_close({"HTTP/1.1 304 Not Modified"}));
  CHECK_FALSE(ends_by_close({"HTTP/2 200"}));
}

TEST_CASE("A line that is no field is left out, and those around it stay") {
  const std::string control("X\0Y: z", 6);
  for (const std::string& line :
       {std::string("no colon"), std::string(": no name"), std::string("X Y: z"), std::string("X\tY: z"),
        std::string("X\rY: z"), std::string("\rX: z"), std::string("X\x7f: z"), std::string("\xc3\xa9: z"),
        std::string("(X): z"), std::string("{X}: z"), std::string("\"X\": z"), std::string("X/Y: z"),
        control}) {
    INFO(line);
    const HeadReader reader = read_fields({"A: 1", line, "B: 2"});
    REQUIRE(reader.done());
    CHECK(reader.head().headers == Headers{{"A", "1"}, {"B", "2"}});
  }
}

TEST_CASE("Every character of a token may stand in a name") {
  const std::string name = "!#$%&'*+-.^_`|~09azAZ";
  CHECK(read_fields({name + ": v"}).head().headers == Headers{{name, "v"}});
}

TEST_CASE("A value keeps its colons, and bytes that are no ASCII") {
  const HeadReader reader = read_fields({"Location: http://a:1/b", "X: \xc3\xa9"});
  CHECK(reader.head().headers == Headers{{"Location", "http://a:1/b"}, {"X", "\xc3\xa9"}});
}

// RFC 9112 section 5.1.
TEST_CASE("Spaces between a name and its colon are taken away") {
  const HeadReader reader = read_fields({"Content-Length : 5", "X\t: y"});
  CHECK(reader.head().headers == Headers{{"Content-Length", "5"}, {"X", "y"}});
  CHECK(reader.body().length == 5u);
}

// RFC 9112 section 5.2.
TEST_CASE("A folded line goes on with the value before it, and is no field of its own") {
  const HeadReader reader = read_fields({"X: one", "  Content-Length: 5", "\tthree", "Y:", " late",
                                         "no field", "  of anybody", "Z: 1", " \t "});
  REQUIRE(reader.done());
  CHECK(reader.head().headers == Headers{{"X", "one Content-Length: 5 three"}, {"Y", "late"}, {"Z", "1"}});
  CHECK_FALSE(reader.body().length);
}

TEST_CASE("A folded line before the first field belongs to nothing") {
  const HeadReader reader = read_fields({" Content-Length: 5", " ", "X: 1"});
  REQUIRE(reader.done());
  CHECK(reader.head().headers == Headers{{"X", "1"}});
}

TEST_CASE("Heads before the final one leave nothing behind") {
  const HeadReader reader = read({"HTTP/1.1 100 Continue", "Content-Length: 9", "Content-Encoding: gzip", "",
                                  "HTTP/1.1 103 Early Hints", "Link: </a>", "", "HTTP/1.1 200 OK", "X: 1"});
  REQUIRE(reader.done());
  CHECK(reader.head().status == 200);
  CHECK(reader.head().headers == Headers{{"X", "1"}});
  CHECK_FALSE(reader.body().length);
  CHECK_FALSE(reader.body().gzip);
}

TEST_CASE("Within a head a status line is a line that is no field") {
  const HeadReader reader = read_fields({"A: 1", "HTTP/1.1 500 No", "HTTP/1.1 501 : no", "B: 2"});
  CHECK(reader.head().status == 200);
  CHECK(reader.head().headers == Headers{{"A", "1"}, {"B", "2"}});
}

TEST_CASE("What comes after the head is dropped") {
  HeadReader reader = read_fields({"A: 1"});
  CHECK(reader.take("X-Trailer: 2\r\n"));
  CHECK(reader.take("HTTP/1.1 500 No\r\n"));
  CHECK(reader.take(std::string(2 * k_head_bytes_max, 'x')));
  CHECK(reader.head().status == 200);
  CHECK(reader.head().headers == Headers{{"A", "1"}});
}

TEST_CASE("The head says how the body is framed and coded") {
  struct Case {
    std::vector<std::string> fields;
    bool chunked, other, gzip;
    std::optional<std::uint64_t> length;
  };
  const std::vector<Case> cases = {
      {{}, false, false, false, {}},
      {{"Content-Length: 0"}, false, false, false, 0},
      {{"content-LENGTH: 18446744073709551615"}, false, false, false, 18446744073709551615u},
      {{"Content-Length: 5", "Content-Length: 5"}, false, false, false, 5},
      {{"Content-Length: 007"}, false, false, false, 7},
      {{"Transfer-Encoding: Chunked"}, true, false, false, {}},
      {{"Transfer-Encoding: identity", "Content-Length: 5"}, false, false, false, 5},
      {{"Transfer-Encoding: gzip"}, false, true, false, {}},
      {{"Transfer-Encoding: gzip, chunked"}, false, true, false, {}},
      {{"Transfer-Encoding: gzip", "Transfer-Encoding: chunked"}, true, true, false, {}},
      {{"Transfer-Encoding: chunked", "Transfer-Encoding: gzip"}, true, true, false, {}},
      {{"Transfer-Encoding: xchunked"}, false, true, false, {}},
      {{"Content-Encoding: gzip"}, false, false, true, {}},
      {{"Content-Encoding: X-GZIP"}, false, false, true, {}},
      {{"Content-Encoding: identity"}, false, false, false, {}},
      {{"Content-Encoding: br"}, false, false, false, {}},
      {{"Content-Encoding: gzip, gzip"}, false, false, false, {}},
      {{"Content-Encoding: gzip", "Content-Encoding: br"}, false, false, false, {}},
      {{"Content-Encoding: gzip", "Content-Encoding: gzip"}, false, false, false, {}},
      {{"Content-Encoding: identity", "Content-Encoding: gzip"}, false, false, true, {}},
  };
  for (const Case& c : cases) {
    for (const std::string& field : c.fields) UNSCOPED_INFO(field);
    const HeadReader reader = read_fields(c.fields);
    REQUIRE(reader.done());
    CHECK(reader.body().chunked == c.chunked);
    CHECK(reader.body().other_transfer_coding == c.other);
    CHECK(reader.body().gzip == c.gzip);
    CHECK(reader.body().length == c.length);
  }
}

TEST_CASE("Headers that what was undone makes untrue go with it") {
  const std::string length = "Content-Length: 5", gzip = "Content-Encoding: gzip";
  CHECK(read_fields({length, gzip, "A: 1"}).head().headers == Headers{{"A", "1"}});
  CHECK(read_fields({length, "Content-Encoding: br"}).head().headers ==
        Headers{{"Content-Length", "5"}, {"Content-Encoding", "br"}});
  CHECK(read_fields({length, "Transfer-Encoding: chunked"}).head().headers ==
        Headers{{"Transfer-Encoding", "chunked"}});
}

TEST_CASE("A part of a coded text stays coded") {
  const HeadReader reader =
      read({"HTTP/1.1 206 Partial Content", "Content-Encoding: gzip", "Content-Length: 5"});
  CHECK_FALSE(reader.body().gzip);
  CHECK(reader.head().headers == Headers{{"Content-Encoding", "gzip"}, {"Content-Length", "5"}});
}

TEST_CASE("A length that says two things, or nothing, makes the answer useless") {
  for (const std::vector<std::string>& fields : std::vector<std::vector<std::string>>{
           {"Content-Length: 5", "Content-Length: 6"},
           {"Content-Length: 5, 5"},
           {"Content-Length:"},
           {"Content-Length: -1"},
           {"Content-Length: +1"},
           {"Content-Length: 0x5"},
           {"Content-Length: 5 5"},
           {"Content-Length: five"},
           {"Content-Length: 18446744073709551616"},
           {"Transfer-Encoding: chunked", "Content-Length: x"},
       }) {
    INFO(fields.back());
    const HeadReader reader = read_fields(fields);
    CHECK_FALSE(reader.done());
    REQUIRE(reader.error());
    CHECK(reader.error()->code == Errc::upstream);
    CHECK(reader.error()->message.find("length") != std::string::npos);
  }
}

TEST_CASE("A switch to another protocol was not asked for") {
  const HeadReader reader = read({"HTTP/1.1 101 Switching Protocols", "Upgrade: x"});
  REQUIRE(reader.error());
  CHECK(reader.error()->code == Errc::upstream);
}

TEST_CASE("All heads of one answer share a limit, whatever their lines are") {
  const std::string status = "HTTP/1.1 200 OK\r\n";
  const std::string line(k_head_bytes_max - status.size() - 2, 'x');
  HeadReader fits(k_head_bytes_max);
  CHECK(fits.take(status));
  CHECK(fits.take(line));
  CHECK(fits.take("\r\n"));
  CHECK(fits.done());
  for (const char* endless : {"X: y\r\n", "no field\r\n", " folded\r\n", "HTTP/1.1 500 No\r\n"}) {
    INFO(endless);
    HeadReader reader(k_head_bytes_max);
    std::size_t taken = 0;
    REQUIRE(reader.take(status));
    while (taken <= k_head_bytes_max && reader.take(endless)) taken += std::string_view(endless).size();
    CHECK(taken <= k_head_bytes_max);
    REQUIRE(reader.error());
    CHECK(reader.error()->code == Errc::limit);
  }
  HeadReader hints(k_head_bytes_max);
  int heads = 0;
  while (heads < 1000 && hints.take("HTTP/1.1 103 Early Hints\r\n") && hints.take("\r\n")) ++heads;
  CHECK(hints.error().value_or(pk::Error{Errc::io, ""}).code == Errc::limit);
}
