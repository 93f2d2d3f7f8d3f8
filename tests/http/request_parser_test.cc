// Requests as lists of good and bad bytes. Each is fed whole, cut in two at every place, and byte by byte:
// how the network cuts a message changes nothing.
#include "http/request_parser.h"

#include "support/catch.h"

using namespace std::string_literals;
using pk::http::Headers;
using pk::http::Limits;
using pk::http::Request;
using pk::http::RequestParser;

namespace {

constexpr std::uint32_t k_header_max = 600;
constexpr std::uint64_t k_body_max = 1000;

Limits small_limits() {
  Limits limits;
  limits.header_bytes_max = k_header_max;
  limits.body_bytes_max = k_body_max;
  return limits;
}

// What a parser made of some bytes.
struct Outcome {
  bool done = false;
  int problem = 0;
  bool head_known = false;
  std::string method, target, body, left;
  int version = 0;
  bool keep_alive = false;
  Headers headers;
  bool operator==(const Outcome&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  return out << (outcome.done ? "done " : "open ") << outcome.problem << ' ' << outcome.method << ' '
             << outcome.target << ' ' << outcome.version << " body " << outcome.body << " left "
             << outcome.left << " head " << outcome.head_known << " fields " << outcome.headers.size();
}

// Feeds pieces as a connection does: what was not taken is offered again with what comes next.
class Feeder {
 public:
  explicit Feeder(const Limits& limits) : m_parser(limits) {}

  void feed(std::string_view piece) {
    m_pending += piece;
    while (!m_parser.done() && !m_parser.problem()) {
      const std::size_t taken = m_parser.put(m_pending);
      REQUIRE(taken <= m_pending.size());
      m_pending.erase(0, taken);
      if (taken == 0 || m_pending.empty()) break;
    }
  }

  Outcome outcome() {
    Outcome outcome;
    if (m_parser.problem()) {
      outcome.problem = m_parser.problem()->status;
      outcome.head_known = m_parser.problem()->head_known;
      return outcome;  // how far it got before it refused may differ
    }
    outcome.done = m_parser.done();
    if (!outcome.done) return outcome;
    const Request& request = m_parser.request();
    outcome.method = request.method;
    outcome.target = request.target;
    outcome.version = request.version;
    outcome.keep_alive = request.keep_alive;
    outcome.headers = request.headers;
    outcome.body = request.body;
    outcome.left = m_pending;
    return outcome;
  }

 private:
  RequestParser m_parser;
  std::string m_pending;
};

Outcome parse(const std::vector<std::string_view>& pieces, const Limits& limits = small_limits()) {
  Feeder feeder(limits);
  for (const std::string_view piece : pieces) feeder.feed(piece);
  return feeder.outcome();
}

// The outcome of the whole, after a check that every cut gives the same. What is left of a cut message
// depends on when the rest is offered; put together it is the same too.
Outcome parse_every_way(const std::string& text, const Limits& limits = small_limits()) {
  const Outcome whole = parse({text}, limits);
  const std::string_view view(text);
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    INFO("cut at byte " << cut);
    const Outcome in_two = parse({view.substr(0, cut), view.substr(cut)}, limits);
    if (!(in_two == whole)) CHECK(in_two == whole);
  }
  std::vector<std::string_view> bytes;
  for (std::size_t at = 0; at < text.size(); ++at) bytes.push_back(view.substr(at, 1));
  CHECK(parse(bytes, limits) == whole);
  return whole;
}

std::string get(std::string_view more = "") {
  return "GET /v1/models HTTP/1.1\r\nHost: a\r\n" + std::string(more) + "\r\n";
}

std::string post(std::string_view head, std::string_view body) {
  return "POST /x HTTP/1.1\r\nHost: a\r\n" + std::string(head) + "\r\n" + std::string(body);
}

std::string chunked(std::string_view body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

}  // namespace

TEST_CASE("Good requests are read, however they are cut") {
  struct Case {
    const char* title;
    std::string bytes;
    std::string method, target, body, left;
  };
  const std::vector<Case> cases = {
      {"no body", get(), "GET", "/v1/models", "", ""},
      {"a query", "GET /a?b=c%20d&e HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/a?b=c%20d&e", "", ""},
      {"a length", post("Content-Length: 5\r\n", "hello"), "POST", "/x", "hello", ""},
      {"a length of zero", post("Content-Length: 0\r\n", ""), "POST", "/x", "", ""},
      {"a GET with a body", "GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}", "GET", "/x", "{}",
       ""},
      {"another method", "PROPFIND /x HTTP/1.1\r\nHost: a\r\n\r\n", "PROPFIND", "/x", "", ""},
      {"a body that looks like a request",
       post("Content-Length: 39\r\n", "GET / HTTP/1.1\r\nHost: evil\r\nX-Y: z\r\n\r\n!"), "POST", "/x",
       "GET / HTTP/1.1\r\nHost: evil\r\nX-Y: z\r\n\r\n!", ""},
      {"chunks", chunked("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"), "POST", "/x", "hello world", ""},
      {"a chunk size in capitals with zeros", chunked("00A\r\n0123456789\r\n0\r\n\r\n"), "POST", "/x",
       "0123456789", ""},
      {"the last chunk alone", chunked("0\r\n\r\n"), "POST", "/x", "", ""},
      {"several zeros as the last chunk", chunked("1\r\na\r\n000\r\n\r\n"), "POST", "/x", "a", ""},
      {"chunk extensions", chunked("1;a\r\na\r\n1;b=c;d=\"e f\"\r\nb\r\n0;z\r\n\r\n"), "POST", "/x", "ab",
       ""},
      {"CRLF inside a chunk", chunked("4\r\n\r\n\r\n\r\n0\r\n\r\n"), "POST", "/x", "\r\n\r\n", ""},
      {"capitals in the coding", post("transfer-encoding: Chunked\r\n", "1\r\na\r\n0\r\n\r\n"), "POST", "/x",
       "a", ""},
      {"empty lines before it", "\r\n\r\n" + get(), "GET", "/v1/models", "", ""},
      {"an empty header value", get("X-Empty:\r\n"), "GET", "/v1/models", "", ""},
      {"pipelined requests", get() + get(), "GET", "/v1/models", "", get()},
      {"a request behind a body", post("Content-Length: 2\r\n", "ab") + get(), "POST", "/x", "ab", get()},
      {"a request behind chunks", chunked("1\r\na\r\n0\r\n\r\n") + get(), "POST", "/x", "a", get()},
  };
  for (const Case& c : cases) {
    INFO(c.title);
    const Outcome outcome = parse_every_way(c.bytes);
    REQUIRE(outcome.done);
    CHECK(outcome.method == c.method);
    CHECK(outcome.target == c.target);
    CHECK(outcome.body == c.body);
    CHECK(outcome.left == c.left);
    CHECK(outcome.version == 11);
  }
}

TEST_CASE("A request that is not over is neither done nor a problem") {
  const std::vector<std::string> cases = {
      "",
      "\r",
      "\r\n",
      "G",
      "GET /",
      "GET / HTTP/1.1\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\n\r",
      post("Content-Length: 5\r\n", "hell"),
      chunked("5\r\nhell"),
      chunked("5\r\nhello\r\n"),
      chunked("5\r\nhello\r\n0\r\n"),
      chunked("0\r\n\r"),
      chunked("0\r\nX: y\r\n"),
      chunked("5;a=\"a quoted text without an end\r\nhello\r\n0\r\n\r\n"),
  };
  for (const std::string& bytes : cases) {
    INFO(bytes);
    const Outcome outcome = parse_every_way(bytes);
    CHECK_FALSE(outcome.done);
    CHECK(outcome.problem == 0);
  }
}

TEST_CASE("Headers keep their order, their names and their repetitions") {
  const Outcome outcome = parse_every_way(get("X-B: 1\r\nx-a:  two words \t\r\nX-B: 2\r\nX-Latin: \xe9\r\n"));
  CHECK(outcome.headers ==
        Headers{{"Host", "a"}, {"X-B", "1"}, {"x-a", "two words"}, {"X-B", "2"}, {"X-Latin", "\xe9"}});
}

TEST_CASE("A folded header is one line without its line break") {
  const Outcome outcome = parse_every_way(get("X-Folded: one\r\n two\r\n\tthree\r\n"));
  REQUIRE(outcome.done);
  REQUIRE(outcome.headers.size() == 2);
  CHECK(outcome.headers[1].second.find_first_of("\r\n") == std::string::npos);
}

TEST_CASE("Fields behind the last chunk are no headers") {
  const Outcome outcome = parse_every_way(
      chunked("1\r\na\r\n0\r\nx-portkey-provider: evil\r\nAuthorization: Bearer evil\r\n\r\n"));
  REQUIRE(outcome.done);
  CHECK(outcome.headers == Headers{{"Host", "a"}, {"Transfer-Encoding", "chunked"}});
}

TEST_CASE("Whether the connection stays is the version's rule and the client's word") {
  const std::string one_one = "GET / HTTP/1.1\r\nHost: a\r\n";
  const std::string one_zero = "GET / HTTP/1.0\r\n";
  const std::vector<std::pair<std::string, bool>> cases = {
      {one_one + "\r\n", true},
      {one_one + "Connection: close\r\n\r\n", false},
      {one_one + "connection: Keep-Alive\r\n\r\n", true},
      {one_one + "Connection: x, Close\r\n\r\n", false},
      {one_zero + "\r\n", false},
      {one_zero + "Connection: keep-alive\r\n\r\n", true},
      {one_zero + "Connection: close\r\n\r\n", false},
  };
  for (const auto& [bytes, stays] : cases) {
    INFO(bytes);
    const Outcome outcome = parse_every_way(bytes);
    REQUIRE(outcome.done);
    CHECK(outcome.keep_alive == stays);
  }
  CHECK(parse({one_zero + "\r\n"}).version == 10);
}

TEST_CASE("What two readers could understand differently is 400") {
  const std::string te = "Transfer-Encoding: ";
  const std::string end = "0\r\n\r\n";
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"length and coding", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", end)},
      {"coding and length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", end)},
      {"two lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!")},
      {"the same length twice", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")},
      {"a list of lengths", post("Content-Length: 5, 5\r\n", "hello")},
      {"a list of different lengths", post("Content-Length: 5, 6\r\n", "hello!")},
      {"a negative length", post("Content-Length: -1\r\n", "")},
      {"a length with a sign", post("Content-Length: +5\r\n", "hello")},
      {"a length in hex", post("Content-Length: 0x5\r\n", "hello")},
      {"a length with a space", post("Content-Length: 1 1\r\n", "hello")},
      {"a length of letters", post("Content-Length: five\r\n", "hello")},
      {"an empty length", post("Content-Length:\r\n", "hello")},
      {"a length of 30 digits", post("Content-Length: 999999999999999999999999999999\r\n", "")},
      {"identity after chunked", post(te + "chunked, identity\r\n", end)},
      {"identity after chunked in a second header", post(te + "chunked\r\n" + te + "identity\r\n", end)},
      {"identity before chunked in another header", post(te + "identity\r\n" + te + "chunked\r\n", end)},
      {"chunked twice", post(te + "chunked, chunked\r\n", end)},
      {"chunked in two headers", post(te + "chunked\r\n" + te + "chunked\r\n", end)},
      {"a coding that we do not undo", post(te + "gzip, chunked\r\n", end)},
      {"gzip alone", post(te + "gzip\r\n", "")},
      {"identity", post(te + "identity\r\n", "")},
      {"an empty coding", post(te + "\r\n", "")},
      {"a quoted coding", post(te + "\"chunked\"\r\n", end)},
      {"chunked with a parameter", post(te + "chunked;q=1\r\n", end)},
      {"chunked with something before it", post(te + "xchunked\r\n", end)},
      {"chunked with a vertical tab", post(te + "\x0b" + "chunked\r\n", end)},
      {"a comma before chunked", post(te + ", chunked\r\n", end)},
      {"a coding on HTTP/1.0", "POST / HTTP/1.0\r\n" + te + "chunked\r\n\r\n" + end},
      {"a space before the colon", post("Content-Length : 5\r\n", "hello")},
      {"a space before the colon of the coding", post("Transfer-Encoding : chunked\r\n", end)},
      {"a space inside a name", get("X Y: z\r\n")},
      {"a line without a colon", get("nonsense\r\n")},
      {"an empty name", get(": z\r\n")},
      {"a first header that is folded", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
      {"two Hosts", get("Host: b\r\n")},
      {"the same Host twice", get("Host: a\r\n")},
      {"a bare line feed after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"},
      {"bare line feeds throughout", "GET / HTTP/1.1\nHost: a\n\n"},
      {"a bare line feed after a header", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"},
      {"a bare line feed at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n"},
      {"a bare carriage return after a header", "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n"},
      {"a bare carriage return at the end", "GET / HTTP/1.1\r\nHost: a\r\n\rX"},
      {"a NUL in a value", get("X: a\0b\r\n"s)},
      {"a NUL in a name", get("X\0: a\r\n"s)},
      {"a control character in a value", get("X: a\x01\r\n")},
      {"DEL in a value", get("X: a\x7f\r\n")},
      {"a letter beyond ASCII in a name", get("X\xc3\xa9: a\r\n")},
      {"an absolute target", "GET http://evil/ HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"an authority as target", "CONNECT evil:443 HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"an asterisk as target", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"an empty target", "GET  HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a tab in the target", "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a control character in the target", "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"no version", "GET /\r\nHost: a\r\n\r\n"},
      {"HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n"},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n"},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
      {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"a version in small letters", "GET / http/1.1\r\nHost: a\r\n\r\n"},
      {"two spaces before the version", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a space before the method", " GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a method that is no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"TLS to a plain port", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc"s},
      {"a reply instead of a request", "HTTP/1.1 200 OK\r\n\r\n"},
  };
  for (const auto& [title, bytes] : cases) {
    INFO(title);
    CHECK(parse_every_way(bytes).problem == 400);
  }
}

TEST_CASE("Chunks that lie are 400") {
  const std::string long_text(20'000, 'e');
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"no size", chunked("\r\nhello\r\n0\r\n\r\n")},
      {"a size of letters", chunked("zz\r\nhello\r\n0\r\n\r\n")},
      {"a negative size", chunked("-5\r\nhello\r\n0\r\n\r\n")},
      {"a size with 0x", chunked("0x5\r\nhello\r\n0\r\n\r\n")},
      {"a size that overflows", chunked("10000000000000005\r\nhello\r\n0\r\n\r\n")},
      {"a space before the size", chunked(" 5\r\nhello\r\n0\r\n\r\n")},
      {"a bare line feed after the size", chunked("5\nhello\r\n0\r\n\r\n")},
      {"more data than the size", chunked("4\r\nhello\r\n0\r\n\r\n")},
      {"less data than the size", chunked("6\r\nhello\r\n0\r\n\r\n")},
      {"a line feed alone behind the data", chunked("5\r\nhello\n0\r\n\r\n")},
      {"an extension without a name", chunked("5;=x\r\nhello\r\n0\r\n\r\n")},
      {"an extension with a control character", chunked("5;a\x01\r\nhello\r\n0\r\n\r\n")},
      {"an extension with a bare line feed", chunked("5;a\nb\r\nhello\r\n0\r\n\r\n")},
      {"a length behind the last chunk", chunked("0\r\nContent-Length: 5\r\n\r\n")},
      {"a coding behind the last chunk", chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n")},
      {"a broken field behind the last chunk", chunked("0\r\nno colon\r\n\r\n")},
  };
  for (const auto& [title, bytes] : cases) {
    INFO(title);
    CHECK(parse_every_way(bytes).problem == 400);
  }
}

TEST_CASE("Framing around chunks has a limit of its own") {
  const std::string much(20'000, 'e');
  // Without an end the parser would wait for more and hold it all.
  CHECK(parse({chunked("1;" + much)}).problem == 400);
  CHECK(parse({chunked("1;" + much + "\r\na\r\n0\r\n\r\n")}).problem == 400);
  CHECK(parse({chunked(std::string(20'000, '0'))}).problem == 400);
  CHECK(parse({chunked("0\r\nX: " + much)}).problem == 400);
  CHECK(parse({chunked("0\r\nX: " + much + "\r\n\r\n")}).problem == 400);
  // Many small ones are one large one.
  std::string many;
  for (int i = 0; i < 500; ++i) many += "1;" + std::string(100, 'e') + "\r\na\r\n";
  CHECK(parse({chunked(many + "0\r\n\r\n")}).problem == 400);
}

TEST_CASE("A head over the limit is 431, however it is cut") {
  const std::string long_value = "X: " + std::string(k_header_max, 'v') + "\r\n";
  CHECK(parse_every_way(get(long_value)).problem == 431);
  CHECK(parse_every_way("GET /" + std::string(k_header_max, 't') + " HTTP/1.1\r\nHost: a\r\n\r\n").problem ==
        431);
  CHECK(parse_every_way(std::string(k_header_max + 1, 'M')).problem == 431);
  std::string many;
  for (int i = 0; i < 100; ++i) many += "X-" + std::to_string(i) + ": v\r\n";
  CHECK(parse_every_way(get(many)).problem == 431);
  CHECK(parse_every_way(get("X:" + std::string(k_header_max, ' ') + "v\r\n")).problem == 431);
}

TEST_CASE("The limit of a head counts its last byte and none of the body") {
  const auto of_size = [](std::size_t size) {
    const std::string rest = post("Content-Length: 900\r\nX: \r\n", "");
    return post("Content-Length: 900\r\nX: " + std::string(size - rest.size(), 'v') + "\r\n", "");
  };
  const std::string body(900, 'b');
  REQUIRE(of_size(k_header_max).size() == k_header_max);
  CHECK(parse_every_way(of_size(k_header_max) + body).done);
  CHECK(parse_every_way(of_size(k_header_max + 1) + body).problem == 431);
}

TEST_CASE("A body over the limit is 413: a declared one before it is read, a chunked one when it passes it") {
  const std::string over = std::to_string(k_body_max + 1);
  const Outcome declared = parse_every_way(post("Content-Length: " + over + "\r\n", ""));
  CHECK(declared.problem == 413);
  CHECK(declared.head_known);
  CHECK(parse_every_way(post("Content-Length: 18446744073709551615\r\n", "")).problem == 413);
  CHECK(parse_every_way(chunked("fffffffffffffff\r\n")).problem == 413);
  std::string chunks;
  for (std::uint64_t i = 0; i <= k_body_max; i += 100) chunks += "64\r\n" + std::string(100, 'c') + "\r\n";
  const Outcome in_chunks = parse_every_way(chunked(chunks + "0\r\n\r\n"));
  CHECK(in_chunks.problem == 413);
  CHECK(in_chunks.head_known);

  // Some heads may have less.
  RequestParser strict(small_limits(),
                       [](const Request& head) { return head.target == "/small" ? 3u : ~0u; });
  const auto problem_of = [&](const std::string& bytes) {
    strict.reset();
    strict.put(bytes);
    return strict.problem() ? strict.problem()->status : strict.done() ? 0 : 100;
  };
  const std::string small = "POST /small HTTP/1.1\r\nHost: a\r\n", large = "POST / HTTP/1.1\r\nHost: a\r\n";
  CHECK(problem_of(small + "Content-Length: 4\r\n\r\n") == 413);
  CHECK(strict.problem()->reason.find(" 3 bytes") != std::string::npos);
  CHECK(problem_of(small + "Content-Length: 3\r\n\r\nabc") == 0);
  CHECK(problem_of(small + "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n") == 413);
  CHECK(problem_of(small + "\r\n") == 0);
  CHECK(problem_of(large + "Content-Length: 4\r\n\r\nabcd") == 0);
  CHECK(problem_of(large + "Content-Length: " + over + "\r\n\r\n") == 413);

  const std::string most(k_body_max, 'm');
  CHECK(parse({post("Content-Length: " + std::to_string(k_body_max) + "\r\n", most)}).body == most);
  CHECK(parse({chunked("3e8\r\n" + most + "\r\n0\r\n\r\n")}).body == most);
}

TEST_CASE("A refusal says whether the head was understood") {
  CHECK_FALSE(parse({"nonsense\r\n\r\n"}).head_known);
  CHECK_FALSE(parse({get("X Y: z\r\n")}).head_known);
  CHECK(parse({get("Host: b\r\n")}).head_known);
  CHECK(parse({chunked("zz\r\n\r\n")}).head_known);
}

TEST_CASE("A client that waits for 100-continue is told apart until its body has come") {
  const auto expects = [](const std::string& bytes) {
    RequestParser parser(small_limits());
    parser.put(bytes);
    return parser.expects_continue();
  };
  const std::string waits = "Content-Length: 5\r\nExpect: 100-Continue\r\n";
  CHECK(expects(post(waits, "")));
  CHECK(expects(post(waits, "he")));
  CHECK(expects(post("Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n", "")));
  CHECK_FALSE(expects(post(waits, "hello")));
  CHECK_FALSE(expects("POST / HTTP/1.1\r\nHost: a\r\n" + waits));
  CHECK_FALSE(expects("POST / HTTP/1.0\r\n" + waits + "\r\n"));
  CHECK_FALSE(expects(post("Content-Length: 5\r\n", "")));
  CHECK_FALSE(expects(post("Content-Length: 0\r\nExpect: 100-continue\r\n", "")));
}

TEST_CASE("A parser says how far it is and starts anew") {
  RequestParser parser(small_limits());
  CHECK_FALSE(parser.started());
  CHECK(parser.put("\r\n") == 2);
  CHECK_FALSE(parser.started());
  const std::string head = post("Content-Length: 3\r\n", "");
  CHECK(parser.put(head) == head.size());
  CHECK(parser.started());
  CHECK(parser.head_done());
  CHECK_FALSE(parser.done());
  CHECK(parser.put("abcGET") == 3);
  CHECK(parser.done());
  parser.reset();
  CHECK_FALSE(parser.started());
  CHECK_FALSE(parser.head_done());
  CHECK(parser.request().headers.empty());
  parser.put("bad\r\n\r\n");
  CHECK(parser.problem());
  parser.reset();
  CHECK_FALSE(parser.problem());
  parser.put(get());
  CHECK(parser.done());
}

TEST_CASE("Who may send no body is refused at the head that announces one") {
  const Limits limits = small_limits();
  const auto status = [&](const std::string& headers) {
    RequestParser parser(limits, [](const Request&) { return 0; });
    parser.put("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n" + headers + "\r\n");
    return parser.problem() ? parser.problem()->status : 0;
  };
  CHECK(status("Content-Length: 1\r\n") == 413);
  CHECK(status("Transfer-Encoding: chunked\r\n") == 413);
  CHECK(status("Content-Length: 0\r\n") == 0);
  CHECK(status("") == 0);
}
