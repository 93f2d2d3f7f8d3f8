#include "imports/values.h"

#include "support/catch.h"

using namespace pk;
using namespace pk::imports;

TEST_CASE("Times as others write them") {
  constexpr std::int64_t k_time = 1'717'072'496'123;
  for (const char* text :
       {"2024-05-30T12:34:56.123Z", "2024-05-30T12:34:56.123", "2024-05-30 12:34:56.123",
        "2024-05-30 12:34:56.123+00", "2024-05-30 14:34:56.123+02", "2024-05-30T07:34:56.123-05:00",
        "2024-05-30T12:34:56.123456", "1717072496123", "1717072496.123"}) {
    CAPTURE(text);
    CHECK(time_of(text) == k_time);
  }
  CHECK(time_of("2024-05-30") == 1'717'027'200'000);
  CHECK(time_of("253402300799999") == 253'402'300'799'999);
  for (const char* text :
       {"", "now", "-5", "2024-13-01", "2024-05-30T12:34:56+0", "1e99", "nan", "253402300800000", "9e14"}) {
    CAPTURE(text);
    CHECK_FALSE(time_of(text));
  }
}

TEST_CASE("Metadata are texts; secrets in them are masked, what is nested is left out") {
  const auto metadata = metadata_of(
      R"({"team":"red","n":3,"ok":true,"none":null,"empty":"","deep":{"x":1},"user_api_key":"sk-12345678901234567890"})");
  CHECK(metadata ==
        log::Metadata{{"team", "red"}, {"n", "3"}, {"ok", "true"}, {"user_api_key", "sk********890"}});
  CHECK(metadata_of(R"([{"key":"a","value":"b"},{"value":"c"},{"key":"d","value":4}])") ==
        log::Metadata{{"a", "b"}, {"d", "4"}});
  for (const char* text : {"", "{}", "[]", "[1]", "7"}) CHECK(metadata_of(text).empty());
}

TEST_CASE("Headers are masked as everywhere") {
  CHECK(headers_of(R"({"Authorization":"Bearer sk-12345678901234567890","x":1})") ==
        log::Headers{{"Authorization", "Bearer sk********890"}, {"x", "1"}});
  CHECK(headers_of("\"text\"").empty());
}

TEST_CASE("URLs lose their host and query") {
  CHECK(url_path("https://u:p@api.openai.com/v1/chat/completions?key=1#x") == "/v1/chat/completions");
  CHECK(url_path("/v1/embeddings") == "/v1/embeddings");
  CHECK(url_path("https://api.openai.com").empty());
  CHECK(url_path("hello").empty());
  CHECK(endpoint_of_path("/openai/deployments/x/chat/completions") == log::Endpoint::chat_completions);
  CHECK(endpoint_of_path("/v1/completions") == log::Endpoint::completions);
  CHECK(endpoint_of_path("/v1/files") == log::Endpoint::other);
}

TEST_CASE("An id is of its time and its name, the same each time") {
  const Uuid id = id_for(1'717'072'496'123, "litellm", "chatcmpl-1");
  CHECK(id == id_for(1'717'072'496'123, "litellm", "chatcmpl-1"));
  CHECK(id.time_ms() == 1'717'072'496'123);
  CHECK(id.text()[14] == '7');
  CHECK(std::string("89ab").find(id.text()[19]) != std::string::npos);
  CHECK(id != id_for(1'717'072'496'123, "portkey", "chatcmpl-1"));
  CHECK(id != id_for(1'717'072'496'123, "litellm", "chatcmpl-2"));
  CHECK(id != id_for(1'717'072'496'124, "litellm", "chatcmpl-1"));
}
