#include "provider/url_text.h"

#include "support/catch.h"

namespace pk::provider {
namespace {

TEST_CASE("Bytes that mean something in a URL, or nothing, are escaped") {
  CHECK(percent_encoded("aZ09-._~") == "aZ09-._~");
  CHECK(percent_encoded("a b/%?#\xC3\xA9") == "a%20b%2F%25%3F%23%C3%A9");
  CHECK(percent_encoded(std::string_view("\0\x7f", 2)) == "%00%7F");
  CHECK(percent_encoded("a/b c", CharSet::alphanumeric_and("/")) == "a/b%20c");
  CHECK(percent_decoded("a%20b%2f%C3%a9") == "a b/\xC3\xA9");
  CHECK(percent_decoded("%4") == "%4");
  CHECK(percent_decoded("%zz%%41") == "%zz%A");
}

TEST_CASE("What would end a URL early is foreign to it") {
  CHECK_FALSE(has_foreign_byte("/v1/x?y=%20"));
  for (const std::string_view bad : {" ", "a#b", "a\r\nb", "\x7f", "\x80", "\xc3\xa9", "\xff"})
    CHECK(has_foreign_byte(bad));
}

TEST_CASE("A URL loses all its end slashes") {
  CHECK(without_end_slashes("https://x//") == "https://x");
  CHECK(without_end_slashes("/").empty());
  CHECK(without_end_slashes("").empty());
}

TEST_CASE("A path is cut behind whole segments") {
  const auto rest = [](std::string_view path) {
    const auto passed = passed_path(path);
    return passed ? std::string(passed->proxy ? "proxy " : "").append(passed->rest) : passed.error().message;
  };
  CHECK(rest("/v1/models").ends_with("/models"));
  CHECK(rest("/v1") == "");
  CHECK(rest("/v1/proxy/a/b") == "proxy /a/b");
  CHECK(rest("/v1/proxy") == "proxy ");
  CHECK(rest("/v1/proxying") == "/proxying");
  for (const std::string_view bad : {"", "/", "/v2/x", "/v10", "v1/x"})
    CHECK(rest(bad) == "the path does not start with /v1");
  CHECK(rest("/v1/a b") == "the path holds bytes that no URL has");
}

}  // namespace
}  // namespace pk::provider
