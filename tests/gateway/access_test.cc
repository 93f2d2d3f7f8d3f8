#include "gateway/access.h"

#include "support/catch.h"

using pk::gateway::AcceptedHosts;
using pk::gateway::check_access;
using pk::http::Headers;
using pk::http::Request;

namespace {

const AcceptedHosts k_hosts{{"localhost", "127.0.0.1", "::1", "pk.example"}};

// 0: welcome.
int status_of(Headers headers, std::string method = "POST") {
  Request request;
  request.method = std::move(method);
  request.target = "/v1/chat/completions";
  request.headers = std::move(headers);
  const auto refusal = check_access(request, k_hosts);
  if (refusal) CHECK(refusal->counted_only);
  return refusal ? refusal->status : 0;
}

}  // namespace

TEST_CASE("A Host from the list is served, with any port and in any case") {
  for (const char* host : {"localhost", "localhost:8787", "LocalHost:1", "127.0.0.1:8787", "[::1]:8787",
                           "[::1]", "pk.example", "PK.example:443"}) {
    INFO(host);
    CHECK(status_of({{"Host", host}}) == 0);
  }
}

TEST_CASE("A Host that is missing or another's is 400: a name that was rebound to us") {
  CHECK(status_of({}) == 400);
  for (const char* host :
       {"", "evil.example", "localhost.evil.example", "localhost.", "evil.localhost", "127.0.0.2", "0.0.0.0",
        "::1", "[::1", "[::2]:8787", "[localhost]x", "user@localhost", "localhost/", " ", ":8787", "[]"}) {
    INFO(host);
    CHECK(status_of({{"Host", host}}) == 400);
  }
}

TEST_CASE("The refusal shows the Host without its control characters") {
  Request request;
  request.headers = {{"Host", "evil\x1b[31m"}};
  const auto refusal = check_access(request, k_hosts);
  REQUIRE(refusal);
  CHECK(refusal->message.find('\x1b') == std::string::npos);
  CHECK(refusal->message.find("--host-name") != std::string::npos);
}

TEST_CASE("A page may call only from our own origin, with whatever method") {
  struct Case {
    const char* origin;
    int status;
  };
  const std::vector<Case> cases = {
      {"http://localhost:8787", 0},
      {"https://localhost:8787", 0},
      {"http://LOCALHOST:8787", 0},
      {"http://localhost:3000", 403},
      {"http://localhost", 403},
      {"http://127.0.0.1:8787", 403},
      {"http://evil.example", 403},
      {"http://localhost:8787.evil.example", 403},
      {"null", 403},
      {"", 403},
      {"localhost:8787", 403},
      {"chrome-extension://abcdef", 403},
  };
  for (const Case& c : cases)
    for (const char* method : {"POST", "GET", "HEAD", "DELETE", "OPTIONS"}) {
      INFO(method << " from " << c.origin);
      CHECK(status_of({{"Host", "localhost:8787"}, {"Origin", c.origin}}, method) == c.status);
    }
}

TEST_CASE("A browser that tells no origin tells its site") {
  const std::vector<std::pair<const char*, int>> cases = {
      {"same-origin", 0}, {"none", 0}, {"cross-site", 403}, {"same-site", 403}};
  for (const auto& [site, status] : cases) {
    INFO(site);
    CHECK(status_of({{"Host", "localhost:8787"}, {"Sec-Fetch-Site", site}}, "GET") == status);
  }
}
