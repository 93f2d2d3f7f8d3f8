#include "http/message.h"

#include "support/catch.h"

using pk::http::find_header;
using pk::http::Headers;
using pk::http::Request;

TEST_CASE("A header is found in any case, the first of its name") {
  const Headers headers = {{"Host", "a"}, {"x-TWICE", "1"}, {"X-Twice", "2"}, {"x-empty", ""}};
  CHECK(find_header(headers, "host") == "a");
  CHECK(find_header(headers, "X-Twice") == "1");
  CHECK(find_header(headers, "X-EMPTY") == "");
  CHECK_FALSE(find_header(headers, "x-twic"));
  CHECK_FALSE(find_header(headers, ""));
  CHECK_FALSE(find_header({}, "host"));
}

TEST_CASE("A target is a path and a query") {
  struct Case {
    std::string target, path, query;
  };
  const std::vector<Case> cases = {
      {"/", "/", ""},
      {"/v1/models", "/v1/models", ""},
      {"/v1/models?", "/v1/models", ""},
      {"/a?b=c&d", "/a", "b=c&d"},
      {"/a?b=c?d", "/a", "b=c?d"},
      {"/?x", "/", "x"},
      {"", "", ""},
  };
  for (const auto& [target, path, query] : cases) {
    INFO(target);
    Request request;
    request.target = target;
    CHECK(request.path() == path);
    CHECK(request.query() == query);
  }
}

TEST_CASE("Known statuses have their phrase, others none") {
  CHECK(pk::http::reason_phrase(200) == "OK");
  CHECK(pk::http::reason_phrase(404) == "Not Found");
  CHECK(pk::http::reason_phrase(429) == "Too Many Requests");
  CHECK(pk::http::reason_phrase(503) == "Service Unavailable");
  for (const int status : {0, 99, 246, 446, 529, 600, 999, -1}) {
    INFO(status);
    CHECK(pk::http::reason_phrase(status).empty());
  }
}

TEST_CASE("Some statuses have no body, whatever the headers say") {
  for (const int status : {100, 101, 204, 304}) CHECK_FALSE(pk::http::status_has_body(status));
  for (const int status : {200, 201, 205, 206, 301, 400, 500, 529}) CHECK(pk::http::status_has_body(status));
}
