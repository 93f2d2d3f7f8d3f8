#include "upstream/request_head.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>
#include <string>
#include <vector>

#include "support/catch.h"

using namespace pk::upstream;
using pk::Errc;
using pk::config::Trust;
using pk::log::Headers;

namespace {

Request request_of(std::string method, std::string_view body = {}, Headers headers = {}) {
  Request request;
  request.method = std::move(method);
  request.url = "http://api.example:81/v1/x?y";
  request.body = body;
  request.headers = std::move(headers);
  return request;
}

std::string head_of(const Request& request) {
  std::string head;
  append_request_head(head, request, split_plain_url(request.url).value(), Options());
  return head;
}

std::string head_to(const std::string& url) {
  Request request = request_of("GET");
  request.url = url;
  const std::string head = head_of(request);
  return head.substr(0, head.find("User-Agent"));
}

sockaddr_storage address_of(const char* text, int port) {
  sockaddr_storage storage{};
  auto* four = reinterpret_cast<sockaddr_in*>(&storage);
  auto* six = reinterpret_cast<sockaddr_in6*>(&storage);
  const bool is_six = std::strchr(text, ':') != nullptr;
  storage.ss_family = is_six ? AF_INET6 : AF_INET;
  (is_six ? six->sin6_port : four->sin_port) = htons(static_cast<std::uint16_t>(port));
  void* bytes = is_six ? static_cast<void*>(&six->sin6_addr) : &four->sin_addr;
  REQUIRE(::inet_pton(storage.ss_family, text, bytes) == 1);
  return storage;
}

bool may_connect_to(const char* text, int port, const Request& request, const Options& options) {
  const sockaddr_storage storage = address_of(text, port);
  return may_connect(reinterpret_cast<const sockaddr*>(&storage), request, options);
}

}  // namespace

TEST_CASE("An http URL has an authority and a target") {
  struct Case {
    std::string url;
    const char* authority;
    const char* target;
  };
  const std::vector<Case> cases = {
      {"http://a", "a", ""},
      {"HTTP://A/", "A", "/"},
      {"http://a:80/b?c", "a:80", "/b?c"},
      {"http://a?b/c", "a", "?b/c"},
      {"http://[::1]:80/", "[::1]:80", "/"},
      {"http://a/b@c", "a", "/b@c"},
      {"http://a?@", "a", "?@"},
      {"http://a#b", "a", ""},
      {"http://a/b#c?d", "a", "/b"},
      {"http://a/../b/./c//d", "a", "/../b/./c//d"},
      {"http://a/%2F%00", "a", "/%2F%00"},
      {"http://a/http://b/", "a", "/http://b/"},
  };
  for (const Case& c : cases) {
    INFO(c.url);
    const auto url = split_plain_url(c.url);
    REQUIRE(url);
    CHECK(url->authority == c.authority);
    CHECK(url->target == c.target);
  }
}

TEST_CASE("What is no http URL is not split") {
  for (const std::string& url : {std::string(""),
                                 std::string("http:"),
                                 std::string("http://"),
                                 std::string("http:///a"),
                                 std::string("http://?a"),
                                 std::string("http://#a"),
                                 std::string("https://a/"),
                                 std::string("ftp://a/"),
                                 std::string("//a/"),
                                 std::string("a/b"),
                                 std::string(" http://a/"),
                                 std::string("http://u@a/"),
                                 std::string("http://u:p@a/"),
                                 std::string("http://a b/"),
                                 std::string("http://a/b c"),
                                 std::string("http://a/\r\nX: y"),
                                 std::string("http://a/\t"),
                                 std::string("http://a/\x7f"),
                                 std::string("http://a/\0", 10),
                                 std::string("http://a/#\n")}) {
    INFO(url);
    CHECK_FALSE(split_plain_url(url));
  }
}

TEST_CASE("A URL cut at any byte is no URL, or one of the same host's beginning") {
  const std::string url = "http://api.example:81/v1?x";
  for (std::size_t size = 0; size < url.size(); ++size) {
    const std::string cut = url.substr(0, size);
    const auto parts = split_plain_url(cut);
    CHECK(parts.has_value() == (size > 7));
    if (parts) CHECK(std::string_view("api.example:81").starts_with(parts->authority));
  }
}

TEST_CASE("A body goes with the methods that have one, and with others if there is one") {
  for (const char* method : {"POST", "PUT", "PATCH"}) CHECK(sends_body(request_of(method)));
  for (const char* method : {"GET", "DELETE", "OPTIONS", "PURGE", "post"}) {
    CHECK_FALSE(sends_body(request_of(method)));
    CHECK(sends_body(request_of(method, "x")));
  }
  CHECK_FALSE(sends_body(request_of("HEAD")));
  CHECK_FALSE(sends_body(request_of("HEAD", "x")));
}

TEST_CASE("A header is named whatever its case") {
  const Request request = request_of("GET", "", {{"X-Host", "a"}, {"ACCEPT", ""}});
  CHECK(names_header(request, "accept"));
  CHECK_FALSE(names_header(request, "host"));
}

TEST_CASE("What is added is what the request has not") {
  const auto added_to = [](Headers headers) {
    Headers added;
    each_added_header(
        request_of("GET", "", std::move(headers)), Options(),
        [&](std::string_view name, std::string_view value) { added.emplace_back(name, value); });
    return added;
  };
  CHECK(added_to({}) == Headers{{"User-Agent", "pk"}, {"Accept", "*/*"}, {"Accept-Encoding", "gzip"}});
  CHECK(added_to({{"user-agent", ""}}) == Headers{{"Accept", "*/*"}, {"Accept-Encoding", "gzip"}});
  CHECK(added_to({{"ACCEPT", "x"}}) == Headers{{"User-Agent", "pk"}, {"Accept-Encoding", "gzip"}});
  CHECK(added_to({{"Accept-Encoding", "br"}}) == Headers{{"User-Agent", "pk"}, {"Accept", "*/*"}});
  CHECK(added_to({{"Range", "bytes=0-1"}}) == Headers{{"User-Agent", "pk"}, {"Accept", "*/*"}});
}

TEST_CASE("A head is the request's line, its headers, what was added, and the body's length") {
  CHECK(
      head_of(request_of("POST", "{}", {{"X-A", "1"}, {"x-a", ""}})) ==
      "POST /v1/x?y HTTP/1.1\r\nHost: api.example:81\r\nX-A: 1\r\nx-a: \r\nUser-Agent: pk\r\nAccept: */*\r\n"
      "Accept-Encoding: gzip\r\nContent-Length: 2\r\n\r\n");
  CHECK(head_of(request_of("GET")) ==
        "GET /v1/x?y HTTP/1.1\r\nHost: api.example:81\r\nUser-Agent: pk\r\nAccept: */*\r\n"
        "Accept-Encoding: gzip\r\n\r\n");
  CHECK(head_of(request_of("PUT")).ends_with("\r\nContent-Length: 0\r\n\r\n"));
  CHECK(head_of(request_of("HEAD", "x")).find("Content-Length") == std::string::npos);
}

TEST_CASE("A head is put behind what is there") {
  std::string out = "before";
  const Request request = request_of("GET");
  append_request_head(out, request, split_plain_url(request.url).value(), Options());
  CHECK(out == "before" + head_of(request));
}

TEST_CASE("The target starts at the path, or at one that is put before it") {
  CHECK(head_to("http://a") == "GET / HTTP/1.1\r\nHost: a\r\n");
  CHECK(head_to("http://a?b") == "GET /?b HTTP/1.1\r\nHost: a\r\n");
  CHECK(head_to("http://a:1/../b#c") == "GET /../b HTTP/1.1\r\nHost: a:1\r\n");
  CHECK(head_to("http://[::1]:80/") == "GET / HTTP/1.1\r\nHost: [::1]:80\r\n");
}

TEST_CASE("A Host that the request has is the only one") {
  const std::string head = head_of(request_of("GET", "", {{"HOST", "b"}}));
  CHECK(head.find("\r\nHOST: b\r\n") != std::string::npos);
  CHECK(head.find("api.example") == std::string::npos);
}

TEST_CASE("Nothing that a header holds begins another line") {
  const std::string evil("a\r\nX-Evil: b\n\r\n\0c", 17);
  const std::string head = head_of(request_of("GET", "", {{"X-A", evil}, {evil, "d"}}));
  CHECK(head.find("\r\nX-A: a  X-Evil: b    c\r\na  X-Evil: b    c: d\r\n") != std::string::npos);
  CHECK(head.find("\r\n\r\n") == head.size() - 4);
}

TEST_CASE("How the body is framed is not for the request's headers to say") {
  const Request request = request_of("POST", "{}",
                                     {{"content-length", "99"},
                                      {"Transfer-Encoding", "chunked"},
                                      {"X-Content-Length", "1"},
                                      {"Content-Length", "0"}});
  const std::string head = head_of(request);
  CHECK(head.find("99") == std::string::npos);
  CHECK(head.find("chunked") == std::string::npos);
  CHECK(head.find("X-Content-Length: 1\r\n") != std::string::npos);
  CHECK(head.find("Content-Length: 0") == std::string::npos);
  CHECK(head.ends_with("\r\nContent-Length: 2\r\n\r\n"));
}

TEST_CASE("An address may be called if its host is trusted that far, and if it is not our own") {
  Options options;
  Request request = request_of("GET");
  CHECK(may_connect_to("93.184.216.34", 80, request, options));
  CHECK_FALSE(may_connect_to("127.0.0.1", 80, request, options));
  request.trust = Trust::loopback;
  CHECK(may_connect_to("127.0.0.1", 80, request, options));
  CHECK(may_connect_to("::1", 80, request, options));
  CHECK_FALSE(may_connect_to("10.0.0.1", 80, request, options));
  request.trust = Trust::full;
  CHECK(may_connect_to("10.0.0.1", 80, request, options));

  options.own_listener = address_of("127.0.0.1", 8787);
  CHECK_FALSE(may_connect_to("127.0.0.1", 8787, request, options));
  CHECK_FALSE(may_connect_to("::ffff:127.0.0.1", 8787, request, options));
  CHECK(may_connect_to("127.0.0.1", 8788, request, options));
  CHECK(may_connect_to("::1", 8787, request, options));
  options.own_listener = address_of("0.0.0.0", 8787);
  CHECK_FALSE(may_connect_to("127.0.0.2", 8787, request, options));
  CHECK(may_connect_to("10.0.0.1", 8787, request, options));

  CHECK(address_refused().code == Errc::unauthorized);
  CHECK(address_refused().message.find("--allow-upstream") != std::string::npos);
}
