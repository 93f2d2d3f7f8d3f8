#include "admin/routes.h"

#include <set>

#include "support/catch.h"

using namespace pk::admin;

namespace {

pk::Task<void> nothing(Call&) {
  co_return;
}

RouteTable table() {
  return RouteTable({{"GET", "/v1/logs", {}, nothing},
                     {"POST", "/v1/logs", {}, nothing},
                     {"GET", "/v1/logs/{id}", {}, nothing},
                     {"GET", "/v1/logs/tail", {}, nothing},
                     {"POST", "/v1/logs/{id}/share", {}, nothing},
                     {"GET", "/v1/prompts/{id}", {}, nothing},
                     {"GET", "/", {}, nothing},
                     {"GET", "/logs/{id}", {}, nothing}});
}

std::string found(std::string_view method, std::string_view path) {
  const RouteTable routes = table();
  const auto match = routes.find(method, path);
  if (!match) return "none";
  if (!match->route) return "405 " + match->allow;
  std::string out(match->route->pattern);
  for (const std::string& part : match->parts) out += " [" + part + "]";
  return out;
}

}  // namespace

TEST_CASE("A path finds its pattern, its parts decoded") {
  CHECK(found("GET", "/v1/logs") == "/v1/logs");
  CHECK(found("GET", "/v1/logs/0192-ab") == "/v1/logs/{id} [0192-ab]");
  CHECK(found("GET", "/v1/prompts/two%20words%2fx") == "/v1/prompts/{id} [two words/x]");
  CHECK(found("POST", "/v1/logs/@latest/share") == "/v1/logs/{id}/share [@latest]");
  CHECK(found("GET", "/") == "/");
  CHECK(found("GET", "/logs/a") == "/logs/{id} [a]");
}

TEST_CASE("A word of the pattern goes before a part, wherever they stand in the table") {
  CHECK(found("GET", "/v1/logs/tail") == "/v1/logs/tail");
}

TEST_CASE("HEAD is GET, and another method is told which there are") {
  CHECK(found("HEAD", "/v1/logs") == "/v1/logs");
  CHECK(found("PUT", "/v1/logs") == "405 GET, HEAD, POST, OPTIONS");
  CHECK(found("OPTIONS", "/v1/logs/x/share") == "405 POST, OPTIONS");
  CHECK(found("get", "/v1/logs") == "405 GET, HEAD, POST, OPTIONS");
}

TEST_CASE("What is not in the table is another's, however near it lies") {
  for (const char* path :
       {"/v1/models", "/v1/chat/completions", "/v1/prompts/x/completions", "/v1/prompts/x/render",
        "/v1/logs/", "/v1/logs//share", "/v1/logsx", "/v1/logs/a/b", "/v1", "/v1/", "", "*", "/logs",
        "/logs/", "//", "http://x/v1/logs"}) {
    INFO(path);
    CHECK(found("GET", path) == "none");
  }
}

TEST_CASE("No two routes of the real table are the same") {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Route& route : all_routes(true)) {
    INFO(route.method << " " << route.pattern);
    CHECK(route.pattern.starts_with('/'));
    CHECK(seen.emplace(route.method, route.pattern).second);
    const bool writes = route.method != "GET";
    CHECK_FALSE((writes && route.need.linked));
  }
  CHECK(seen.size() >= 4);
}
