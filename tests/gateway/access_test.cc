#include "gateway/access.h"

#include "gateway/saved_things.h"
#include "support/catch.h"

using pk::config::Scope;
using pk::gateway::AcceptedHosts;
using pk::gateway::check_access;
using pk::gateway::check_key;
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

namespace {

// Three keys, with the secrets "pk-secret-of-proxy", "pk-secret-of-read" and "pk-secret-of-admin".
pk::config::Saved some_keys() {
  pk::config::Saved saved;
  for (const auto& [name, scope] :
       {std::pair("proxy", Scope::proxy), std::pair("read", Scope::read), std::pair("admin", Scope::admin)})
    saved.add(pk::config::key_hash(std::string("pk-secret-of-") + name), pk::test::api_key(name, {scope}));
  return saved;
}

}  // namespace

TEST_CASE("A key opens what its scopes name, and admin opens everything") {
  const pk::config::Saved saved = some_keys();
  struct Case {
    const char* secret;
    Scope scope;
    int status;
  };
  const std::vector<Case> cases = {
      {"pk-secret-of-proxy", Scope::proxy, 0},
      {"pk-secret-of-proxy", Scope::read, 403},
      {"pk-secret-of-proxy", Scope::admin, 403},
      {"pk-secret-of-read", Scope::proxy, 403},
      {"pk-secret-of-read", Scope::read, 0},
      {"pk-secret-of-admin", Scope::proxy, 0},
      {"pk-secret-of-admin", Scope::read, 0},
      {"pk-secret-of-admin", Scope::admin, 0},
      {"", Scope::proxy, 401},
      {"pk-secret-of-nobody", Scope::proxy, 401},
      {"pk-secret-of-proxy ", Scope::proxy, 401},
      {"pk-proxy", Scope::proxy, 401},
  };
  for (const Case& c : cases) {
    INFO(c.secret << " for " << pk::config::slug(c.scope));
    const pk::config::ApiKey* key = nullptr;
    const auto refusal = check_key(c.secret, saved, c.scope, key);
    CHECK((refusal ? refusal->status : 0) == c.status);
    CHECK((key != nullptr) == (c.status != 401));
    if (!refusal) continue;
    CHECK(refusal->counted_only);
    CHECK(refusal->type == (c.status == 401 ? "authentication_error" : "permission_error"));
    // A secret is never said again.
    if (*c.secret) CHECK(refusal->message.find(c.secret) == std::string::npos);
  }
}

TEST_CASE("A refused key says what to do next") {
  const pk::config::Saved saved = some_keys();
  const pk::config::ApiKey* key = nullptr;
  CHECK(check_key("", saved, Scope::proxy, key)->message.find("pk key add") != std::string::npos);
  CHECK(check_key("pk-x", saved, Scope::proxy, key)->message.find("pk key list") != std::string::npos);
  CHECK(check_key("pk-secret-of-read", saved, Scope::proxy, key)->message.find("'proxy'") !=
        std::string::npos);
}

TEST_CASE("The key that was found before is forgotten") {
  const pk::config::Saved saved = some_keys();
  const pk::config::ApiKey* key = nullptr;
  check_key("pk-secret-of-proxy", saved, Scope::proxy, key);
  REQUIRE(key);
  CHECK(key->id == "pk-proxy");
  check_key("pk-unknown", saved, Scope::proxy, key);
  CHECK(key == nullptr);
}

TEST_CASE("Where links are welcome a page of another origin may lead to a GET, and to nothing else") {
  Request request;
  request.headers = {
      {"Host", "localhost"}, {"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}};
  for (const auto& [method, status] : {std::pair("GET", 0), {"HEAD", 0}, {"POST", 403}, {"DELETE", 403}}) {
    request.method = method;
    const auto refusal = check_access(request, k_hosts, pk::gateway::Links::welcome);
    CHECK((refusal ? refusal->status : 0) == status);
  }
  request.method = "GET";
  request.headers[0].second = "evil.example";
  CHECK(check_access(request, k_hosts, pk::gateway::Links::welcome)->status == 400);
}
