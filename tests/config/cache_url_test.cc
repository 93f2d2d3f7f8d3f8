#include "config/cache_url.h"

#include "support/catch.h"

namespace pk::config {

namespace {

CacheUrl good(std::string_view text) {
  auto url = parse_cache_url(text);
  INFO(text);
  REQUIRE(url);
  return *std::move(url);
}

std::string bad(std::string_view text) {
  const auto url = parse_cache_url(text);
  INFO(text);
  REQUIRE_FALSE(url);
  CHECK(url.error().code == Errc::invalid);
  return url.error().message;
}

}  // namespace

TEST_CASE("A host alone has Redis's port and database 0") {
  CHECK(good("redis://cache") == CacheUrl{.host = "cache"});
  CHECK(good("redis://cache/") == CacheUrl{.host = "cache"});
  CHECK(good("REDIS://127.0.0.1:7000/3") == CacheUrl{.host = "127.0.0.1", .port = 7000, .database = 3});
  CHECK(good("redis://[::1]:7000") == CacheUrl{.host = "::1", .port = 7000});
  CHECK(good("redis://[::1]") == CacheUrl{.host = "::1"});
}

TEST_CASE("User and password may have any bytes, as %XX") {
  const CacheUrl both = good("redis://ana:s%65cret%40%2f@cache:1");
  CHECK(both.user == "ana");
  CHECK(both.password.reveal() == "secret@/");
  CHECK(good("redis://:p@cache").password.reveal() == "p");
  CHECK(good("redis://:p@cache").user.empty());
  CHECK(good("redis://:a@b@cache").password.reveal() == "a@b");
  CHECK(good("redis://:a:b@cache").password.reveal() == "a:b");
}

TEST_CASE("A Unix socket has a path, and its database behind it") {
  CHECK(good("redis+unix:///run/redis.sock") == CacheUrl{.socket_path = "/run/redis.sock"});
  CHECK(good("redis+unix:///a%20b?db=2") == CacheUrl{.socket_path = "/a b", .database = 2});
  CHECK(good("redis+unix://:p@/run/r").password.reveal() == "p");
}

TEST_CASE("What is no address of a cache is refused with the form") {
  for (const char* text : {"",
                           "cache",
                           "http://cache",
                           "redis:cache",
                           "redis://",
                           "redis:///1",
                           "redis://:1",
                           "redis://a b",
                           "redis://cache:0",
                           "redis://cache:65536",
                           "redis://cache:x",
                           "redis://cache:",
                           "redis://cache/x",
                           "redis://cache/65536",
                           "redis://cache/-1",
                           "redis://cache/1/2",
                           "redis://cache?db=1",
                           "redis://[::1",
                           "redis://[::1]7",
                           "redis://user@cache",
                           "redis://user:@cache",
                           "redis://:%4@cache",
                           "redis://:%zz@cache",
                           "redis://:%00@cache",
                           "redis+unix://run/redis.sock",
                           "redis+unix:///",
                           "redis+unix://",
                           "redis+unix:///a?b=1",
                           "redis+unix:///a?db=x",
                           "redis+unix:///%00",
                           "redis://c\tache",
                           "redis://c%61che"})
    CHECK(bad(text).find("redis://[[user]:password@]host") != std::string::npos);
  CHECK(bad("redis+unix:///" + std::string(200, 'a')).find("too long") != std::string::npos);
}

TEST_CASE("TLS is refused by name, with what to do") {
  CHECK(bad("rediss://cache").find("stunnel") != std::string::npos);
}

TEST_CASE("No error and no message has the password") {
  for (const char* text :
       {"redis://ana:hunter2@cache:x", "redis://ana:hunter2@", "redis://ana:hunter2%@cache",
        "http://ana:hunter2@cache", "redis+unix://ana:hunter2@run", "rediss://ana:hunter2@c",
        "redis://ana:hunter2@cache/x", "redis://ana:hunter2@ca che"})
    CHECK(bad(text).find("hunter2") == std::string::npos);
  CHECK(shown(good("redis://ana:hunter2@cache/2")) == "redis://cache:6379/2");
  CHECK(shown(good("redis://:hunter2@[::1]")) == "redis://[::1]:6379/0");
  CHECK(shown(good("redis+unix://:hunter2@/run/r?db=1")) == "redis+unix:///run/r?db=1");
}

}  // namespace pk::config
