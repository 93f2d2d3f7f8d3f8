#include "gateway/replies.h"

#include "base/json.h"
#include "support/catch.h"

using namespace pk::gateway;
using pk::http::Headers;
using pk::log::LogRecord;

TEST_CASE("A refusal has Portkey's shape and OpenAI's error beside it") {
  Refusal refusal;
  refusal.message = "Invalid config passed";
  refusal.errors = {"path: a, message: \"b\"", "two"};
  CHECK(
      refusal_body(refusal, ErrorForm::openai) ==
      R"({"status":"failure","message":"Invalid config passed","errors":["path: a, message: \"b\"","two"],)"
      R"("error":{"message":"Invalid config passed","type":"invalid_request_error","param":null,"code":null}})");
  refusal.errors.clear();
  refusal.type = "upstream_error";
  CHECK(refusal_body(refusal, ErrorForm::openai) ==
        R"({"status":"failure","message":"Invalid config passed",)"
        R"("error":{"message":"Invalid config passed","type":"upstream_error","param":null,"code":null}})");
}

TEST_CASE("Whatever a message holds, the body is JSON") {
  for (const std::string& message : {std::string("quote \" and \\"), std::string("\x01\n\x7f\0", 4),
                                     std::string("\xff\xfe"), std::string("\u00e9\u20ac"), std::string()}) {
    Refusal refusal;
    refusal.message = message;
    refusal.errors = {message};
    for (const ErrorForm form : {ErrorForm::openai, ErrorForm::anthropic})
      CHECK(pk::is_json(refusal_body(refusal, form)));
  }
}

TEST_CASE("On /v1/messages a refusal has Anthropic's error beside Portkey's shape") {
  const Refusal config = [] {
    Refusal refusal = make_refusal(400, "Invalid config passed", "invalid_request_error");
    refusal.errors = {"one"};
    return refusal;
  }();
  CHECK(refusal_body(config, ErrorForm::anthropic) ==
        R"({"status":"failure","message":"Invalid config passed","errors":["one"],"type":"error",)"
        R"("error":{"type":"invalid_request_error","message":"Invalid config passed"}})");
  const std::vector<std::pair<int, const char*>> words = {{401, "authentication_error"},
                                                          {403, "permission_error"},
                                                          {413, "request_too_large"},
                                                          {502, "api_error"},
                                                          {503, "api_error"},
                                                          {431, "invalid_request_error"}};
  for (const auto& [status, word] : words) {
    INFO(status);
    CHECK(refusal_body(make_refusal(status, "m", "whatever"), ErrorForm::anthropic) ==
          R"({"status":"failure","message":"m","type":"error","error":{"type":")" + std::string(word) +
              R"(","message":"m"}})");
  }
  CHECK(
      timeout_body(500, ErrorForm::anthropic) ==
      R"({"type":"error","error":{"type":"timeout_error","message":"Request exceeded the timeout sent in the )"
      R"(request: 500ms"}})");
}

TEST_CASE("Anthropic's clients are those that call /v1/messages and what is below it") {
  for (const char* path : {"/v1/messages", "/v1/messages/count_tokens", "/v1/messages/"})
    CHECK(error_form(path) == ErrorForm::anthropic);
  for (const char* path : {"", "/", "/v1/chat/completions", "/v1/messagesx", "/v1/message", "/v2/messages"})
    CHECK(error_form(path) == ErrorForm::openai);
}

TEST_CASE("A time-out and a missing route are the reference's, to the letter") {
  CHECK(
      timeout_body(500, ErrorForm::openai) ==
      R"({"error":{"message":"Request exceeded the timeout sent in the request: 500ms","type":"timeout_error",)"
      R"("param":null,"code":null}})");
  CHECK(not_found_body() == R"({"message":"Not Found","ok":false})");
}

TEST_CASE("Every answer says which call it was and how it went") {
  LogRecord record;
  record.id = *pk::Uuid::parse("01890a5d-ac96-774b-bcce-b302099a8057");
  record.trace_id = "t1";
  record.provider = "openai";
  record.last_used_option = "config.targets[1]";
  Headers headers = {{"content-type", "application/json"}};
  append_gateway_headers(headers, record);
  CHECK(headers == Headers{{"content-type", "application/json"},
                           {"x-portkey-trace-id", "t1"},
                           {"x-portkey-provider", "openai"},
                           {"x-portkey-cache-status", "DISABLED"},
                           {"x-portkey-retry-attempt-count", "0"},
                           {"x-portkey-last-used-option-index", "config.targets[1]"},
                           {"x-pk-log-id", "01890a5d-ac96-774b-bcce-b302099a8057"}});
}

TEST_CASE("Where no provider was chosen none is named") {
  LogRecord record;
  Headers headers;
  append_gateway_headers(headers, record);
  CHECK_FALSE(pk::http::find_header(headers, "x-portkey-provider"));
}

TEST_CASE("Cache and retry are told in the reference's words") {
  using pk::log::Cache;
  using pk::log::Retry;
  const std::vector<std::pair<Cache, const char*>> caches = {{Cache::disabled, "DISABLED"},
                                                             {Cache::miss, "MISS"},
                                                             {Cache::refreshed, "REFRESH"},
                                                             {Cache::hit, "HIT"},
                                                             {Cache::semantic_hit, "SEMANTIC HIT"}};
  for (const auto& [cache, word] : caches) {
    LogRecord record;
    record.cache = cache;
    Headers headers;
    append_gateway_headers(headers, record);
    CHECK(pk::http::find_header(headers, "x-portkey-cache-status") == word);
  }
  LogRecord compared;
  compared.cache = Cache::miss;
  compared.cache_verdict = "below-threshold";
  Headers compared_headers;
  append_gateway_headers(compared_headers, compared);
  CHECK(pk::http::find_header(compared_headers, "x-portkey-cache-status") == "SEMANTIC MISS");
  const std::vector<std::pair<Retry, const char*>> retries = {
      {Retry::not_triggered, "0"}, {Retry::success, "3"}, {Retry::failed, "-1"}};
  for (const auto& [retry, count] : retries) {
    LogRecord record;
    record.retry = retry;
    record.retry_attempts = 3;
    Headers headers;
    append_gateway_headers(headers, record);
    CHECK(pk::http::find_header(headers, "x-portkey-retry-attempt-count") == count);
  }
}

TEST_CASE("A provider's headers pass but for framing, connection and ours") {
  const Headers passed = passed_response_headers({{"Content-Type", "application/json"},
                                                  {"x-request-id", "req-1"},
                                                  {"x-ratelimit-remaining", "7"},
                                                  {"Set-Cookie", "a=b"},
                                                  {"Set-Cookie", "c=d"},
                                                  {"Content-Encoding", "br"},
                                                  {"Retry-After", "1"},
                                                  {"Content-Length", "12"},
                                                  {"Transfer-Encoding", "chunked"},
                                                  {"Connection", "keep-alive, X-Hop"},
                                                  {"X-Hop", "x"},
                                                  {"Keep-Alive", "timeout=5"},
                                                  {"Trailer", "x"},
                                                  {"Upgrade", "h2c"},
                                                  {"Proxy-Authenticate", "x"},
                                                  {"X-Portkey-Trace-Id", "theirs"},
                                                  {"x-portkey-provider", "theirs"},
                                                  {"x-portkey-cache-status", "HIT"},
                                                  {"x-portkey-retry-attempt-count", "9"},
                                                  {"x-portkey-last-used-option-index", "theirs"},
                                                  {"x-pk-log-id", "theirs"}});
  CHECK(passed == Headers{{"Content-Type", "application/json"},
                          {"x-request-id", "req-1"},
                          {"x-ratelimit-remaining", "7"},
                          {"Set-Cookie", "a=b"},
                          {"Set-Cookie", "c=d"},
                          {"Content-Encoding", "br"},
                          {"Retry-After", "1"}});
}
