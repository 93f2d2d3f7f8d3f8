#include "provider/errors.h"

#include <memory>

#include "base/json.h"
#include "base/text.h"
#include "support/catch.h"

namespace pk::provider {
namespace {

TEST_CASE("OpenAI's error keeps type, param and code and gets the provider's name in front") {
  CHECK(
      shape_error(
          "openai", 401, "application/json",
          R"({"error":{"message":"Incorrect API key","type":"invalid_request_error","param":null,"code":"invalid_api_key"}})") ==
      R"({"error":{"message":"openai error: Incorrect API key","type":"invalid_request_error","param":null,"code":"invalid_api_key"},"provider":"openai"})");
}

TEST_CASE("Anthropic's error is shaped too, and stays one to its own clients") {
  CHECK(
      shape_error(
          "anthropic", 400, "application/json",
          R"({"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: required"},"request_id":"r"})") ==
      R"({"type":"error","error":{"message":"anthropic error: max_tokens: required","type":"invalid_request_error","param":null,"code":null},"provider":"anthropic"})");
}

TEST_CASE("The message is found in each of the forms that upstreams use") {
  const std::pair<std::string_view, std::string_view> forms[] = {
      {R"({"error":{"message":"m"}})", "m"},
      {R"({"error":"m"})", "m"},
      {R"({"error":{"error":{"message":"m"}}})", "m"},
      {R"({"object":"error","message":"m","type":"invalid_request_error","code":1})", "m"},
      {R"({"message":{"detail":[{"loc":["body"],"msg":"m"}]}})", "m"},
      {R"({"detail":"m"})", "m"},
      {R"({"detail":[{"msg":"m"},{"msg":"n"}]})", "m"},
      {R"({"errors":["m","n"]})", "m"},
      {R"({"errors":[{"message":"m"}]})", "m"},
      {R"([{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}])", "m"},
      {R"({"message":"other","error":{"message":"m"}})", "m"},
      {R"({"error":null,"message":"m"})", "m"},
      {R"({"error":{"type":"t"},"message":"m"})", "m"},
      {R"({"code":7})", R"({"code":7})"},
      {R"({"err\u006fr":{"message":"\u006d"}})", "m"},
      {"data: {\"error\":{\"message\":\"m\"}}\n\n", "m"},
      {"event: error\ndata: {\"error\":\n\nevent: error\ndata: {\"error\":{\"message\":\"m\"}}\n\n", "m"},
      {": ping\n\ndata: {\"error\":{\"message\":\"m\"}}", "m"},
      {"<!DOCTYPE html><html><head><title> 502 Bad\nGateway </title></head><body>x</body></html>",
       "502 Bad Gateway"},
      {"<html>no title</html>", "<html>no title</html>"},
      {"<html><title>never closed", "<html><title>never closed"},
      {"plain\n  text\t ", "plain text"},
      {"\"quoted\"", "\"quoted\""},
      {"{\"error\":", "{\"error\":"},
      {"", ""},
      {" \n", ""},
  };
  for (const auto& [body, message] : forms) {
    INFO(body);
    CHECK(error_text(body) == message);
  }
}

TEST_CASE("Codes of any plain type are kept, structures are not") {
  CHECK(shape_error("x", 429, "", R"({"error":{"message":"m","type":7,"param":["a"],"code":429}})") ==
        R"({"error":{"message":"x error: m","type":7,"param":null,"code":429},"provider":"x"})");
  CHECK(
      shape_error("x", 400, "", R"({"object":"error","message":"m","type":"t","param":false,"code":"c"})") ==
      R"({"error":{"message":"x error: m","type":"t","param":false,"code":"c"},"provider":"x"})");
}

TEST_CASE("HTML and plain text stand whole in html-message, beside an error that clients can show") {
  CHECK(
      shape_error("openai", 502, "text/html", "<html><title>502</title>\n</html>") ==
      R"({"error":{"message":"openai error: 502","type":null,"param":null,"code":null},"provider":"openai","html-message":"<html><title>502</title>\n</html>"})");
  CHECK(
      shape_error("openai", 500, "text/plain", "oops \"x\"") ==
      R"({"error":{"message":"openai error: oops \"x\"","type":null,"param":null,"code":null},"provider":"openai","html-message":"oops \"x\""})");
}

TEST_CASE("JSON is taken for JSON whatever its content type") {
  CHECK(shape_error("x", 400, "text/plain", R"( {"error":"m"} )") ==
        R"({"error":{"message":"x error: m","type":null,"param":null,"code":null},"provider":"x"})");
}

TEST_CASE("An answer without words says its status") {
  CHECK(
      shape_error("x", 503, "", "") ==
      R"({"error":{"message":"x error: HTTP status 503 without a body","type":null,"param":null,"code":null},"provider":"x"})");
  const std::string binary =
      shape_error("x", 500, "application/zip", std::string_view("PK\x03\x04\0\xff", 6));
  CHECK(binary.find("HTTP status 500 with 6 bytes of application/zip") != std::string::npos);
}

TEST_CASE("Whatever comes, the shaped error is JSON in UTF-8 and the log text one bounded line") {
  const std::string nested = std::string(300, '[') + std::string(300, ']');
  const std::string bodies[] = {
      "{",
      "[",
      "{\"error\":{\"message\":\"\xff\xfe\"}}",
      "{\"error\":\"\\ud800\"}",
      nested,
      std::string(1'000'000, '['),
      std::string(5'000'000, 'x'),
      "{\"error\":\"" + std::string(1'000'000, 'e') + "\"}",
      "data: \n\ndata: x\n\n",
      "event:",
      ":",
      "\x1b[31mred",
      std::string("a\0b", 3),
      "{\"error\":{\"code\":1e999,\"message\":\"m\"}}",
      "\xef\xbb\xbf{\"error\":\"m\"}",
      "{\"error\":{\"error\":{\"error\":{\"error\":{\"error\":{\"message\":\"deep\"}}}}}}",
      std::string(70'000, 'a') + "\xc3\xa9"};
  for (const std::string& body : bodies) {
    INFO(body.substr(0, 40));
    for (const std::string_view type : {"application/json", "text/html", "text/event-stream", ""}) {
      const std::string shaped = shape_error("openai", 500, type, body);
      CHECK(shaped.size() < 3 * k_error_page_bytes_max);
      CHECK(is_utf8(shaped));
      CHECK(is_json(shaped));
    }
    const std::string text = error_text(body);
    CHECK(text.size() <= 4 * k_error_text_bytes_max);
    CHECK(is_utf8(text));
    CHECK(text.find_first_of("\n\r\x1b") == std::string::npos);
  }
}

TEST_CASE("A long text is not cut inside a character") {
  std::string text(k_error_text_bytes_max - 1, 'x');
  text += "\xc3\xa9 and more";
  CHECK(error_text(text) == std::string(k_error_text_bytes_max - 1, 'x'));
}

TEST_CASE("An error cut at any byte is survived, and nothing behind it is read") {
  const std::string whole = R"({"type":"error","error":{"type":"t","message":"m\u00e9","code":[1,{"a":2}]}})";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto exact = std::make_unique<char[]>(size);
    std::copy_n(whole.data(), size, exact.get());
    CHECK(is_json(shape_error("x", 500, "", {exact.get(), size})));
  }
}

TEST_CASE("The text of an error member is found in strings and objects alone") {
  CHECK(error_text_of_value(R"("m")") == "m");
  CHECK(error_text_of_value(R"({"message":"m"})") == "m");
  for (const std::string_view json : {"null", "false", "7", "", "{", "{}", "[]", "\"\""})
    CHECK(error_text_of_value(json).empty());
}

TEST_CASE("Anthropic's clients get their own form, whatever the provider's") {
  CHECK(
      shape_messages_error(
          "openai", 429, "application/json",
          R"({"error":{"message":"slow \"down\"","type":"tokens","code":"rate_limit_exceeded"}})") ==
      R"({"type":"error","error":{"type":"rate_limit_error","message":"openai error: slow \"down\""},"provider":"openai"})");
  CHECK(
      shape_messages_error(
          "anthropic", 500, "",
          R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})") ==
      R"({"type":"error","error":{"type":"overloaded_error","message":"anthropic error: Overloaded"},"provider":"anthropic"})");
  CHECK(shape_messages_error("x", 502, "text/html", "<html><title>502 Bad</title>") ==
        R"({"type":"error","error":{"type":"api_error","message":"x error: 502 Bad"},"provider":"x"})");
  CHECK(
      shape_messages_error("x", 503, "", "") ==
      R"({"type":"error","error":{"type":"api_error","message":"x error: HTTP status 503 without a body"},"provider":"x"})");
}

TEST_CASE("An error that names the provider already does not name it twice") {
  CHECK(shape_messages_error("x", 200, "", R"({"error":{"message":"x error: m"}})") ==
        R"({"type":"error","error":{"type":"api_error","message":"x error: m"},"provider":"x"})");
}

TEST_CASE("Each status has its word for Anthropic's clients") {
  const std::pair<int, std::string_view> words[] = {{400, "invalid_request_error"},
                                                    {401, "authentication_error"},
                                                    {403, "permission_error"},
                                                    {404, "not_found_error"},
                                                    {408, "invalid_request_error"},
                                                    {413, "request_too_large"},
                                                    {429, "rate_limit_error"},
                                                    {500, "api_error"},
                                                    {503, "api_error"},
                                                    {529, "overloaded_error"},
                                                    {200, "api_error"}};
  for (const auto& [status, word] : words)
    CHECK(messages_error_json(status, "m", "") ==
          "{\"type\":\"error\",\"error\":{\"type\":\"" + std::string(word) + "\",\"message\":\"m\"}}");
}

}  // namespace
}  // namespace pk::provider
