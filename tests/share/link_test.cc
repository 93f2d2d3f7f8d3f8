#include "share/link.h"

#include "support/catch.h"

namespace pk::share {

TEST_CASE("A link leads to where the server can be reached") {
  CHECK(origin_of({"127.0.0.1", 8787}) == "http://127.0.0.1:8787");
  CHECK(origin_of({"0.0.0.0", 80}) == "http://127.0.0.1:80");
  CHECK(origin_of({"::1", 9000}) == "http://[::1]:9000");
  CHECK(origin_of({"::", 9000}) == "http://[::1]:9000");
  CHECK(origin_of({"localhost", 0}) == "http://localhost:8787");
  CHECK(origin_of({"0.0.0.0", 443}, true) == "https://127.0.0.1:443");
  CHECK(share_url("https://pk.example/sub", "abc") == "https://pk.example/sub/s/abc");
}

TEST_CASE("A token is taken out of its URL") {
  CHECK(token_of("https://pk.example/sub/s/abc") == "abc");
  CHECK(token_of("abc") == "abc");
  CHECK(token_of("") == "");
}

TEST_CASE("A link ends after a duration, or never") {
  CHECK(*parse_expires("7d", 5) == 7 * 86'400'000 + 5);
  CHECK(*parse_expires("1h30m", 0) == 5'400'000);
  CHECK_FALSE(parse_expires("never", 5)->has_value());
  for (const char* bad : {"", "0s", "7", "-1d", "soon", "200y", "never ", "\x1b"}) {
    const auto parsed = parse_expires(bad, 0);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::invalid);
    CHECK(parsed.error().message.find("\x1b") == std::string::npos);
  }
}

}  // namespace pk::share
