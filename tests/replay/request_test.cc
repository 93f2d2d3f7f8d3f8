#include "replay/request.h"

#include "replay/records.h"
#include "support/catch.h"

namespace pk::replay {

TEST_CASE("A logged request goes again without what was of its connection, its trace and its secrets") {
  const Resent again = resent(test::chat_record({{"Host", "localhost:8787"},
                                                 {"Content-Length", "24"},
                                                 {"Connection", "X-Own"},
                                                 {"X-Own", "1"},
                                                 {"Content-Type", "application/json"},
                                                 {"Authorization", "Bearer sk********789"},
                                                 {"x-portkey-api-key", "pk********789"},
                                                 {"x-portkey-trace-id", "t"},
                                                 {"traceparent", "00-1-2-03"},
                                                 {"Idempotency-Key", "once"},
                                                 {"x-portkey-metadata", R"({"team":"********"})"},
                                                 {"x-portkey-config", R"({"api_key":"********"})"},
                                                 {"x-portkey-aws-secret-access-key", "********"},
                                                 {"x-portkey-forward-headers", "x-secret-token, x-plain"},
                                                 {"x-secret-token", "ab********xyz"},
                                                 {"x-plain", "2"}}));
  CHECK(again.request.headers == http::Headers{{"Content-Type", "application/json"},
                                               {"x-portkey-metadata", R"({"team":"********"})"},
                                               {"x-portkey-config", R"({"api_key":"********"})"},
                                               {"x-portkey-aws-secret-access-key", "********"},
                                               {"x-portkey-forward-headers", "x-secret-token, x-plain"},
                                               {"x-plain", "2"}});
  CHECK(again.lost == std::vector<std::string>{"x-secret-token"});
  CHECK(again.had_key);
  CHECK(again.request.method == "POST");
  CHECK(again.request.target == "/v1/chat/completions");
}

TEST_CASE("Whatever a file says, a POST is sent, no query, and no header that is none") {
  log::LogRecord record = test::chat_record({{"openai-x: 1\r\nevil", "2"}, {"", "3"}});
  CHECK(resent(record).request.headers.empty());
  record.method = "DELETE";
  record.path = "/v1/chat/completions?x=1";
  CHECK(resent(record).request.method == "POST");
  CHECK(resent(record).request.target == "/v1/chat/completions");
}

TEST_CASE("A key of pk itself is no provider's") {
  CHECK_FALSE(resent(test::chat_record({{"Authorization", "Bearer pk********789"}})).had_key);
  CHECK_FALSE(resent(test::chat_record({{"x-api-key", "pk********789"}})).had_key);
  CHECK_FALSE(resent(test::chat_record()).had_key);
  CHECK(resent(test::chat_record({{"x-api-key", "********"}})).had_key);
}

}  // namespace pk::replay
