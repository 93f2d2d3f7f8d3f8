#include "query/search.h"

#include "support/catch.h"

namespace pk::query {

namespace {

log::LogRecord with_bodies(std::string request, std::string response, std::string type = "application/json") {
  log::LogRecord record;
  record.request = log::Content{{{"content-type", "application/json"}}, std::move(request)};
  record.response = log::Content{{{"content-type", std::move(type)}}, std::move(response)};
  return record;
}

bool found(std::string_view filter, const log::LogRecord& record) {
  const auto parsed = parse_text(filter, 0);
  if (!parsed) FAIL(parsed.error().message);
  return matches_content(*parsed, record);
}

}  // namespace

TEST_CASE("A search is literal and case-insensitive, in both bodies") {
  const auto record = with_bodies(R"({"content":"What is 1+1 (a sum)?"})", R"({"content":"It is TWO."})");
  for (const char* text : {"", "\"what is\"", "\"1+1 (a\"", "\"it is two\"", "\"what\" \"two\"", "content"}) {
    CAPTURE(text);
    CHECK(found(text, record));
  }
  for (const char* text : {"three", "\"what\" \"three\"", "\"1.1\"", "wha*"}) {
    CAPTURE(text);
    CHECK_FALSE(found(text, record));
  }
}

TEST_CASE("A search sees what JSON escapes stand for") {
  const auto record = with_bodies(R"({"content":"caf\u00e9 \"au lait\"\nfor two"})", "");
  CHECK(found("\"café\"", record));
  CHECK(found("\"\\\"au lait\\\"\"", record));
  CHECK(found("\"lait\\\"\nfor\"", record));
  CHECK_FALSE(found("\"tea\"", record));
}

TEST_CASE("A search sees the text of a stream whole, though its events cut it") {
  const auto record = with_bodies("{}",
                                  "data: "
                                  "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{"
                                  "\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n"
                                  "data: "
                                  "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{"
                                  "\"index\":0,\"delta\":{\"content\":\"lo there\"}}]}\n\n"
                                  "data: [DONE]\n\n",
                                  "text/event-stream");
  CHECK(found("\"hello there\"", record));
  CHECK(found("\"lo there\"", record));
  CHECK_FALSE(found("\"hello you\"", record));
}

TEST_CASE("Nothing is found where there is no content, and a body that is no JSON is searched as it is") {
  CHECK_FALSE(found("x", log::LogRecord{}));
  CHECK(found("", log::LogRecord{}));
  CHECK(body_has("plain \\ text", "\\ t"));
  CHECK(body_has("{\"broken\":\"a\\u0062c\"", "abc"));
  CHECK_FALSE(body_has("", "x"));
}

}  // namespace pk::query
