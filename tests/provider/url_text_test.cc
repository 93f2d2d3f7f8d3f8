#include "provider/url_text.h"

#include "support/catch.h"

namespace pk::provider {
namespace {

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
