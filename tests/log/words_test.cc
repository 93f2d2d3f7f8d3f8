#include "log/words.h"

#include "support/catch.h"

namespace pk::log {

TEST_CASE("Numbers are written for people") {
  CHECK(thousands(0) == "0");
  CHECK(thousands(999) == "999");
  CHECK(thousands(1204) == "1,204");
  CHECK(thousands(-1234567) == "-1,234,567");
  CHECK(thousands(-123) == "-123");
  CHECK(cents(0.0031) == "0.31 ¢");
  CHECK(cents(0) == "0 ¢");
  CHECK(cents(0.000028) == "0.0028 ¢");
  CHECK(cents(0.0000001) == "<0.0001 ¢");
  CHECK(cents(12.345) == "1,235 ¢");
  CHECK(milliseconds(0.54) == "0.5 ms");
  CHECK(milliseconds(250.4) == "250 ms");
  CHECK(milliseconds(1240) == "1.24 s");
}

TEST_CASE("Endpoints that pk knows have names") {
  CHECK(endpoint_words(Endpoint::chat_completions) == "Chat Completion");
  CHECK(endpoint_words(Endpoint::embeddings) == "Embedding");
  CHECK(endpoint_words(Endpoint::other).empty());
}

}  // namespace pk::log
