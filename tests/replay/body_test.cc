#include "replay/body.h"

#include "replay/records.h"
#include "support/catch.h"

namespace pk::replay {

namespace {

constexpr const char* k_odd =
    "{ \"model\" : \"gpt-4o\",\n\t\"temperature\":7e-1, \"big\":12345678901234567890123,\"x\":\"\\u00e9\" "
    "}\n";

std::string body(const Overrides& overrides, std::string of = k_odd) {
  const auto made = body_of(test::chat_record({}, std::move(of)), overrides);
  return made ? *made : "error: " + made.error().message;
}

}  // namespace

TEST_CASE("What nothing overrides is sent byte for byte, even where it is no JSON") {
  CHECK(body({}) == k_odd);
  CHECK(body({}, "{\"model\":") == "{\"model\":");
  CHECK(body({}, "") == "");
}

TEST_CASE("Overrides are spliced in, and every other byte stays") {
  CHECK(body({.model = "o\"3", .set = {{"temperature", "0"}}}) ==
        "{ \"model\" : \"o\\\"3\",\n\t\"temperature\":0, \"big\":12345678901234567890123,\"x\":\"\\u00e9\" "
        "}\n");
  CHECK(body({.set = {{"user", "\"ann\""}}}, R"({"n":1})") == R"({"n":1,"user":"ann"})");
  CHECK(body({.body = R"({"n": 2})"}) == R"({"n": 2})");
  CHECK(body({.stream = true, .body = R"({"n":2})"}) == R"({"n":2,"stream":true})");
}

TEST_CASE("What is no longer a stream has no stream options") {
  CHECK(body({.stream = false}, R"({"stream":true,"stream_options":{"include_usage":true},"n":1})") ==
        R"({"stream":false,"n":1})");
}

TEST_CASE("Overrides that do not come to a request body are refused") {
  CHECK(body({.model = "m"}, "[1]").starts_with("error: request body must be a JSON object"));
  CHECK(body({.model = std::string(2000, 'm')}).starts_with("error: "));
  CHECK(body({.body = "{\"n\":"}).starts_with("error: request body is not valid JSON"));
}

}  // namespace pk::replay
