#include "http/head_writer.h"

#include "support/catch.h"

using namespace std::string_literals;
using pk::http::Framing;
using pk::http::ResponseHead;

namespace {

std::string written(const ResponseHead& head, Framing framing, bool keep_alive = true) {
  std::string out;
  pk::http::append_head(out, head, framing, keep_alive);
  return out;
}

ResponseHead head_of(int status, pk::http::Headers headers = {}) {
  ResponseHead head;
  head.status = status;
  head.headers = std::move(headers);
  return head;
}

}  // namespace

TEST_CASE("A head has its status, its headers in order, its framing and an empty line") {
  ResponseHead head =
      head_of(200, {{"content-type", "text/plain"}, {"x-b", "2"}, {"x-a", "1"}, {"x-b", "3"}});
  head.content_length = 12;
  CHECK(written(head, Framing::length) ==
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nx-b: 2\r\nx-a: 1\r\nx-b: 3\r\n"
        "Content-Length: 12\r\nConnection: keep-alive\r\n\r\n");
}

TEST_CASE("Each framing says so, and none says nothing") {
  ResponseHead head = head_of(204);
  head.content_length = 12;
  CHECK(written(head, Framing::none) == "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n");
  CHECK(written(head_of(200), Framing::chunked) ==
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n");
  CHECK(written(head_of(200), Framing::until_close, false) == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
}

TEST_CASE("A status without a name is written without one") {
  CHECK(written(head_of(529), Framing::none) == "HTTP/1.1 529 \r\nConnection: keep-alive\r\n\r\n");
  CHECK(written(head_of(446), Framing::none).starts_with("HTTP/1.1 446 \r\n"));
}

TEST_CASE("A line break in a value starts no header") {
  const std::string out =
      written(head_of(200, {{"x-trace", "a\r\nset-cookie: evil\nb\rc\0d"s}}), Framing::none);
  CHECK(out == "HTTP/1.1 200 OK\r\nx-trace: a  set-cookie: evil b c d\r\nConnection: keep-alive\r\n\r\n");
}

TEST_CASE("A head is appended to what is there") {
  std::string out = "HTTP/1.1 100 Continue\r\n\r\n";
  pk::http::append_head(out, head_of(200), Framing::none, false);
  CHECK(out == "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
}

TEST_CASE("A chunk stands between its size in hex and a line end") {
  std::string out;
  pk::http::append_chunk(out, "hello");
  pk::http::append_chunk(out, std::string(26, 'z'));
  CHECK(out == "5\r\nhello\r\n1a\r\n" + std::string(26, 'z') + "\r\n");
}
