#include "upstream/answer_reader.h"

#include <functional>
#include <string>
#include <vector>

#include "support/catch.h"

using pk::Errc;
using pk::upstream::AnswerReader;
using pk::upstream::k_chunk_line_bytes_max;

namespace {

constexpr std::size_t k_head_bytes_max = 64 * 1024;

// All that can be known of an answer once its bytes have been read.
struct Outcome {
  bool done = false, head_done = false, keeps_alive = false;
  int status = 0;
  std::string body;
  std::size_t left = 0;  // bytes behind the answer
  std::optional<pk::Error> error;

  bool operator==(const Outcome& other) const {
    const auto why = [](const Outcome& o) { return o.error ? o.error->message : std::string(); };
    const auto code = [](const Outcome& o) { return o.error ? int(o.error->code) : -1; };
    return done == other.done && head_done == other.head_done && keeps_alive == other.keeps_alive &&
           status == other.status && body == other.body && left == other.left && code(*this) == code(other) &&
           why(*this) == why(other);
  }
};

struct Answered {
  // `closes_`: the connection is closed behind the bytes.
  Answered(std::string bytes_, bool closes_ = false, bool to_head_ = false)
      : bytes(std::move(bytes_)), closes(closes_), to_head(to_head_) {}
  std::string bytes;
  bool closes, to_head;
};

// The size of the next piece when `at` bytes were given.
using Cut = std::function<std::size_t(std::size_t at)>;

Outcome read(const Answered& answered, const Cut& cut, std::size_t head_bytes_max = k_head_bytes_max) {
  AnswerReader reader(answered.to_head, head_bytes_max);
  Outcome outcome;
  std::size_t at = 0;
  while (at < answered.bytes.size() && !reader.done() && !reader.error()) {
    const std::string_view piece = std::string_view(answered.bytes).substr(at, cut(at));
    at += reader.put(piece, outcome.body);
  }
  if (answered.closes) reader.close();
  outcome.done = reader.done();
  outcome.head_done = reader.head_done();
  outcome.error = reader.error();
  if (outcome.head_done) outcome.status = reader.take_head().status;
  if (!outcome.done) return outcome;
  outcome.keeps_alive = reader.keeps_alive();
  outcome.left = answered.bytes.size() - at;
  return outcome;
}

Outcome read_whole(const Answered& answered) {
  return read(answered, [&](std::size_t) { return answered.bytes.size(); });
}

// The same bytes in one piece, in two cut at every place, and one at a time are the same answer.
Outcome read(const Answered& answered) {
  const Outcome whole = read_whole(answered);
  for (std::size_t cut = 1; cut < answered.bytes.size(); ++cut) {
    INFO("cut at " << cut);
    REQUIRE(read(answered, [&](std::size_t at) { return at < cut ? cut - at : answered.bytes.size(); }) ==
            whole);
  }
  REQUIRE(read(answered, [](std::size_t) { return 1; }) == whole);
  return whole;
}

constexpr const char* k_chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string chunked(const std::string& framed) {
  return k_chunked + framed;
}

std::string fields(const std::string& lines, const std::string& version = "HTTP/1.1") {
  return version + " 200 OK\r\n" + lines + "\r\n";
}

}  // namespace

TEST_CASE("A good answer is read whole, wherever it was cut") {
  struct Case {
    const char* title;
    std::string bytes;
    int status;
    std::string body;
    std::size_t left = 0;
  };
  const std::vector<Case> cases = {
      {"a length", "HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello", 201, "hello"},
      {"a length of nothing", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, ""},
      {"no reason", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 200, "ok"},
      {"an empty reason", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", 200, "ok"},
      {"line feeds alone", "HTTP/1.1 200\nContent-Length: 2\n\nok", 200, "ok"},
      {"a status that nobody knows", "HTTP/1.1 799 ?\r\nContent-Length: 2\r\n\r\nok", 799, "ok"},
      {"a body that looks like an answer", "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nHTTP/1.1 500", 200,
       "HTTP/1.1 500"},
      {"bytes behind it", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1", 200, "ok", 8},
      {"chunks", chunked("3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"), 200, "hello"},
      {"chunks of nothing", chunked("0\r\n\r\n"), 200, ""},
      {"chunks with line feeds alone", chunked("5\nhello\n0\n\n"), 200, "hello"},
      {"chunk sizes in both cases, and with zeros",
       chunked("A\r\n0123456789\r\n00b\r\n0123456789a\r\n000\r\n\r\n"), 200, "01234567890123456789a"},
      {"chunk extensions", chunked("5;a=\"b;c\"\r\nhello\r\n0 ; d\r\n\r\n"), 200, "hello"},
      {"a chunk that holds line ends", chunked("6\r\n\r\n0\r\n\r\r\n0\r\n\r\n"), 200, "\r\n0\r\n\r"},
      {"trailers", chunked("2\r\nok\r\n0\r\nX-A: b\r\nContent-Length: 9\r\n\r\n"), 200, "ok"},
      {"a trailer that is none", chunked("2\r\nok\r\n0\r\n \r\nwhat\r\n\r\n"), 200, "ok"},
      {"bytes behind the chunks", chunked("2\r\nok\r\n0\r\n\r\n0\r\n"), 200, "ok", 3},
      {"a length beside the chunks",
       fields("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n") + "5\r\nhello\r\n0\r\n\r\n", 200,
       "hello"},
      {"a coding that is none", fields("Transfer-Encoding: identity\r\nContent-Length: 2\r\n") + "ok", 200,
       "ok"},
      {"heads before the final one",
       "HTTP/1.1 100 Continue\r\nContent-Length: 9\r\n\r\nHTTP/1.0 103 Early Hints\r\nLink: <a>\r\n\r\n"
       "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
       200, "ok"},
      {"no body, says the status", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
      {"no body, whatever the head says", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, ""},
      {"nor chunks", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 204, "", 5},
      {"a second status line", fields("HTTP/1.1 500 No\r\nContent-Length: 2\r\n") + "ok", 200, "ok"},
      {"a folded line", fields("X: y\r\n Content-Length: 9\r\nContent-Length: 2\r\n") + "ok", 200, "ok"},
      {"a line of spaces", fields("X: y\r\n  \r\nContent-Length: 2\r\n") + "ok", 200, "ok"},
  };
  for (const Case& c : cases) {
    INFO(c.title);
    const Outcome outcome = read(c.bytes);
    CHECK(outcome.done);
    CHECK_FALSE(outcome.error);
    CHECK(outcome.status == c.status);
    CHECK(outcome.body == c.body);
    CHECK(outcome.left == c.left);
    // Cut short anywhere, it is an error and never a shorter answer.
    for (std::size_t size = 0; size < c.bytes.size() - c.left; ++size) {
      INFO(size << " bytes of it");
      const Outcome cut = read_whole({c.bytes.substr(0, size), true});
      REQUIRE_FALSE(cut.done);
      REQUIRE(cut.error);
      REQUIRE(cut.error->code == Errc::upstream);
      REQUIRE(c.body.starts_with(cut.body));
    }
  }
}

TEST_CASE("A body that nothing ends goes on until the connection is closed") {
  for (const std::string& head :
       {fields(""), fields("", "HTTP/1.0"), fields("Transfer-Encoding: identity\r\n"),
        fields("Connection: keep-alive\r\n")}) {
    const Outcome open = read({head + "hello", false});
    CHECK_FALSE(open.done);
    CHECK_FALSE(open.error);
    CHECK(open.body == "hello");
    const Outcome closed = read({head + "hello", true});
    CHECK(closed.done);
    CHECK(closed.body == "hello");
    CHECK_FALSE(closed.keeps_alive);
    CHECK(read({head, true}).done);
  }
}

TEST_CASE("The answer to a HEAD has no body, whatever its head says") {
  for (const char* lines :
       {"", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
        "Content-Encoding: gzip\r\nContent-Length: 5\r\n", "Transfer-Encoding: gzip\r\n"}) {
    INFO(lines);
    const Outcome outcome = read({fields(lines), false, true});
    CHECK(outcome.done);
    CHECK(outcome.keeps_alive);
    CHECK(outcome.body.empty());
    CHECK(read({fields(lines) + "hello", false, true}).left == 5);
  }
}

TEST_CASE("What is no HTTP is told at its first bytes") {
  const std::string garbage(100, '\x81');
  for (const std::string& bytes :
       {std::string("SSH-2.0-OpenSSH_9.2"), std::string("<html>"), std::string("\r\nHTTP/1.1 200 OK"),
        std::string(" HTTP/1.1"), std::string("http/1.1"), std::string("HTTP/2"), std::string("HTTP 1.1"),
        std::string("HTTPS"), std::string("\x15\x03\x01", 3), std::string("\0", 1), garbage,
        // Behind a head that is not the final one.
        std::string("HTTP/1.1 100 Continue\r\n\r\nWhat")}) {
    INFO(bytes);
    const Outcome outcome = read(bytes);
    CHECK_FALSE(outcome.done);
    REQUIRE(outcome.error);
    CHECK(outcome.error->code == Errc::upstream);
    CHECK(outcome.error->message.find("does not speak HTTP") != std::string::npos);
  }
}

TEST_CASE("A status line that is none is no answer") {
  for (const char* line :
       {"HTTP/1.2 200 OK", "HTTP/1.10 200 OK", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20", "HTTP/1.1 2000",
        "HTTP/1.1 200OK", "HTTP/1.1  200", "HTTP/1.1\t200", "HTTP/1.1 abc", "HTTP/1.1 -20", "HTTP/1.1 099 X",
        "HTTP/1.1 000", "HTTP/1.1 2 0"}) {
    INFO(line);
    const Outcome outcome = read(std::string(line) + "\r\nContent-Length: 2\r\n\r\nok");
    REQUIRE(outcome.error);
    CHECK(outcome.error->code == Errc::upstream);
    CHECK_FALSE(outcome.head_done);
  }
}

TEST_CASE("A broken answer is an error behind what came of it, wherever it was cut") {
  struct Case {
    const char* title;
    std::string bytes;
    std::string body;
  };
  const std::vector<Case> cases = {
      {"two lengths", fields("Content-Length: 2\r\nContent-Length: 3\r\n") + "ok!", ""},
      {"a length that is none", fields("Content-Length: two\r\n") + "ok", ""},
      {"a coding that was not asked for", fields("Transfer-Encoding: gzip, chunked\r\n") + "2\r\nok\r\n", ""},
      {"another protocol", "HTTP/1.1 101 Switching Protocols\r\n\r\nx", ""},
      {"a NUL in a field", fields(std::string("X: a\0b\r\n", 8)), ""},
      {"a NUL in a line that is no field", fields(std::string("\0\r\n", 3)), ""},
      {"a size that is none", chunked("2\r\nok\r\nzz\r\n"), "ok"},
      {"a size with a prefix", chunked("0x2\r\nok\r\n"), ""},
      {"a negative size", chunked("-2\r\nok\r\n"), ""},
      {"a size with a sign", chunked("+2\r\nok\r\n"), ""},
      {"two sizes", chunked("2 2\r\nok\r\n"), ""},
      {"no size", chunked("\r\nok\r\n"), ""},
      {"an extension without a size", chunked(";a=b\r\nok\r\n"), ""},
      {"a size that nobody can count to", chunked("10000000000000000\r\nok"), ""},
      {"a chunk that is longer than its size", chunked("2\r\nok!\r\n0\r\n\r\n"), "ok"},
      {"one that goes on without a line end", chunked("2\r\nok!"), "ok"},
      {"one with spaces behind it", chunked("2\r\nok \r\n0\r\n\r\n"), "ok"},
      {"one with a carriage return behind it", chunked("2\r\nok\r\r\n0\r\n\r\n"), "ok"},
      {"one with a carriage return and no line feed", chunked("2\r\nok\rx"), "ok"},
      {"a chunk that is shorter than its size", chunked("4\r\nok\r\n0\r\n\r\n"), "ok\r\n"},
  };
  for (const Case& c : cases) {
    INFO(c.title);
    const Outcome outcome = read(c.bytes);
    CHECK_FALSE(outcome.done);
    REQUIRE(outcome.error);
    CHECK(outcome.error->code == Errc::upstream);
    CHECK_FALSE(outcome.error->message.empty());
    CHECK(outcome.body == c.body);
  }
}

TEST_CASE("A connection that is closed too early says where") {
  const auto why = [](const std::string& bytes) { return read({bytes, true}).error.value().message; };
  const std::string none = "the provider closed the connection without an answer";
  for (const char* bytes : {"", "H", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Le",
                            "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\nHTT"})
    CHECK(why(bytes) == none);
  for (const char* bytes : {"", "2", "2\r\no", "2\r\nok", "2\r\nok\r\n", "2\r\nok\r\n0\r\n", "0\r\nX: y\r\n"})
    CHECK(why(chunked(bytes)).find("within the body") != std::string::npos);
}

TEST_CASE(
    "A connection is used again only if both sides agree where the answer ends, and that there are more") {
  const std::string length = "Content-Length: 0\r\n", chunks = "Transfer-Encoding: chunked\r\n";
  struct Case {
    std::string bytes;
    bool keeps_alive;
  };
  const std::vector<Case> cases = {
      {fields(length), true},
      {fields(chunks) + "0\r\n\r\n", true},
      {fields(length + "Connection: keep-alive\r\n"), true},
      {fields(length + "Connection: upgrade\r\n"), true},
      {fields(length + "Connection: disclosed\r\n"), true},
      {fields(length + "Connection: close\r\n"), false},
      {fields(length + "connection: CLOSE\r\n"), false},
      {fields(length + "Connection: x, close , y\r\n"), false},
      {fields(length + "Connection: close\r\nConnection: x\r\n"), false},
      {fields(length + "Connection: keep-alive, close\r\n"), false},
      {fields(chunks + "Connection: close\r\n") + "0\r\n\r\n", false},
      {fields(length, "HTTP/1.0"), false},
      {fields(length + "Connection: Keep-Alive\r\n", "HTTP/1.0"), true},
      {fields(length + "Connection: x\r\nConnection: keep-alive\r\nConnection: y\r\n", "HTTP/1.0"), true},
      {fields(length + "Connection: never-keep-alive\r\n", "HTTP/1.0"), false},
      {fields(length + "Connection: keep-alive, close\r\n", "HTTP/1.0"), false},
      {"HTTP/1.1 204 No Content\r\n\r\n", true},
      {"HTTP/1.1 204 No Content\r\n" + length + "\r\n", true},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", true},
      {"HTTP/1.1 304 Not Modified\r\n" + chunks + "\r\n", true},
      {"HTTP/1.1 100 Continue\r\nConnection: close\r\n\r\n" + fields(length), true},
      {"HTTP/1.0 100 Continue\r\n\r\n" + fields(length), true},
      // Framed in two ways, or where there is nothing to frame: the other side may mean another end.
      {fields(length + chunks) + "0\r\n\r\n", false},
      {fields(chunks + "Connection: keep-alive\r\n", "HTTP/1.0") + "0\r\n\r\n", false},
      {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", false},
      {"HTTP/1.1 204 No Content\r\n" + chunks + "\r\n", false},
  };
  for (const Case& c : cases) {
    INFO(c.bytes);
    const Outcome outcome = read(c.bytes);
    REQUIRE(outcome.done);
    CHECK(outcome.keeps_alive == c.keeps_alive);
  }
}

TEST_CASE("Nothing is taken once the answer is over") {
  AnswerReader reader(false, k_head_bytes_max);
  std::string body;
  CHECK_FALSE(reader.started());
  CHECK(reader.put("", body) == 0);
  CHECK_FALSE(reader.started());
  reader.put(fields("Content-Length: 2\r\n") + "ok", body);
  CHECK(reader.started());
  REQUIRE(reader.done());
  CHECK(reader.put("HTTP/1.1 500 No\r\n", body) == 0);
  reader.close();
  CHECK(reader.done());
  CHECK_FALSE(reader.error());
  CHECK(body == "ok");
}

TEST_CASE("The bytes of a body come as they arrive") {
  AnswerReader reader(false, k_head_bytes_max);
  std::string body;
  reader.put(k_chunked, body);
  CHECK(reader.head_done());
  for (const char* piece : {"5\r\nhe", "l", "lo\r", "\n1", "\r\n", "!"}) reader.put(piece, body);
  CHECK(body == "hello!");
  CHECK_FALSE(reader.done());
}

TEST_CASE("A head, a line between chunks, and a trailer have limits") {
  const std::string wide(k_chunk_line_bytes_max, 'x');
  struct Case {
    const char* title;
    std::string bytes;
    Errc code;
    bool head_done;
  };
  const std::string status = "HTTP/1.1 200 OK\r\n";
  std::string many, hints, statuses;
  for (int i = 0; i < 100; ++i) {
    many += "X-" + std::to_string(i) + ": v\r\n";
    hints += "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n";
    statuses += status;
  }
  const std::vector<Case> cases = {
      {"a status line without end", "HTTP/1.1 200 " + wide.substr(0, 600), Errc::limit, false},
      {"a field without end", status + "X: " + wide.substr(0, 600), Errc::limit, false},
      {"a long field", status + "X: " + wide.substr(0, 600) + "\r\n", Errc::limit, false},
      {"many fields", status + many, Errc::limit, false},
      {"many heads", hints, Errc::limit, false},
      {"many status lines", statuses, Errc::limit, false},
      {"a chunk size without end", chunked(wide + "x"), Errc::upstream, true},
      {"a chunk extension without end", chunked("2;" + wide), Errc::upstream, true},
      {"many trailers", chunked("0\r\n" + many), Errc::upstream, true},
      {"a trailer without end", chunked("0\r\n" + wide.substr(0, 600)), Errc::upstream, true},
  };
  for (const Case& c : cases) {
    INFO(c.title);
    const auto size = c.bytes.size();
    constexpr std::size_t k_small = 500;
    const Outcome whole = read(
        {c.bytes}, [size](std::size_t) { return size; }, k_small);
    REQUIRE(whole.error);
    CHECK(whole.error->code == c.code);
    CHECK(whole.head_done == c.head_done);
    CHECK(read(
              {c.bytes}, [](std::size_t) { return 1; }, k_small) == whole);
    CHECK(read(
              {c.bytes}, [](std::size_t) { return 7; }, k_small) == whole);
  }
  // Just fits.
  const std::string extension = wide.substr(0, k_chunk_line_bytes_max - 4);
  CHECK(read_whole({chunked("2;" + extension + "\r\nok\r\n0\r\n\r\n")}).body == "ok");
}

TEST_CASE("A length that nobody can hold is waited for, not allocated") {
  const Outcome outcome = read(fields("Content-Length: 18446744073709551615\r\n") + "some");
  CHECK_FALSE(outcome.error);
  CHECK_FALSE(outcome.done);
  CHECK(outcome.body == "some");
  CHECK(read(chunked("ffffffffffffffff\r\nsome")).body == "some");
}
