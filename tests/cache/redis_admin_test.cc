#include "cache/redis_admin.h"

#include "base/clock.h"
#include "base/text.h"
#include "cache/digest.h"
#include "cache/fixture.h"
#include "cache/redis_store.h"
#include "support/fake_redis.h"
#include "support/redis_server.h"

namespace pk::cache::test {
namespace {

using pk::test::FakeRedis;
using pk::test::RedisServer;

RedisAdmin admin_of(const std::string& url) {
  return must(RedisAdmin::connect(must(config::parse_cache_url(url))));
}

// As a gateway would: straight into Redis.
void put(const RedisServer& redis, int number, std::size_t body_bytes = 100) {
  redis.set(redis_key(key_of(number)), encode(entry_of(number, body_bytes)));
}

}  // namespace

TEST_CASE("An empty Redis has nothing, and nothing goes") {
  const RedisServer redis;
  RedisAdmin admin = admin_of(redis.url());
  const RedisStatistics statistics = must(admin.statistics());
  CHECK(statistics.entries == 0);
  CHECK_FALSE(statistics.oldest_ms);
  CHECK(must(admin.clear()) == 0);
  CHECK(must(admin.remove_log(id_of(1))) == 0);
  CHECK(must(admin.remove_prefix("00")) == 0);
}

TEST_CASE("More entries than a step has are counted, with their bytes and ages") {
  const RedisServer redis;
  std::uint64_t bytes = 0;
  for (int i = 0; i < 1200; ++i) {
    put(redis, i);
    bytes += encode(entry_of(i)).size();
  }
  CHECK(redis.ask("SET " + redis_key(key_of(5000)) + " garbage") == "+OK");
  const RedisStatistics statistics = must(admin_of(redis.url()).statistics());
  CHECK(statistics.entries == 1201);
  CHECK(statistics.bytes == bytes + 7);
  CHECK(statistics.damaged == 1);
  CHECK(statistics.oldest_ms == k_now_ms);
  CHECK(statistics.newest_ms == k_now_ms + 1199);
}

TEST_CASE("Clearing leaves what others keep in the same Redis") {
  const RedisServer redis;
  for (int i = 0; i < 700; ++i) put(redis, i);
  CHECK(redis.ask("SET pk:cache:0:00 old") == "+OK");
  CHECK(redis.ask("SET pk:caches:1:00 other") == "+OK");
  CHECK(redis.ask("SET other 1") == "+OK");
  CHECK(must(admin_of(redis.url()).clear()) == 701);
  CHECK(redis.ask("DBSIZE") == ":2");
}

TEST_CASE("One entry goes by the record that made it, or by the first digits of its key") {
  const RedisServer redis;
  for (int i = 0; i < 20; ++i) put(redis, i);
  RedisAdmin admin = admin_of(redis.url());
  CHECK(must(admin.remove_log(entry_of(7).log_id)) == 1);
  CHECK(must(admin.remove_log(entry_of(7).log_id)) == 0);
  CHECK(redis.ask("EXISTS " + redis_key(key_of(7))) == ":0");
  CHECK(must(admin.remove_prefix("")) == 0);
  CHECK(must(admin.remove_prefix(hex(view_of(key_of(8))).substr(0, 9))) == 1);
  CHECK(redis.ask("EXISTS " + redis_key(key_of(8))) == ":0");
  CHECK(must(admin.remove_prefix("*")) == 18);  // its callers give it digits alone
}

TEST_CASE("A Redis that is none, gone, or wants a password is an error without the password") {
  const RedisServer redis({"--requirepass", "open-sesame"});
  for (const std::string& url : {redis.url(":hunter2@"), redis.url(), std::string("redis://127.0.0.1:1"),
                                 std::string("redis+unix:///nowhere")}) {
    CAPTURE(url);
    const auto admin = RedisAdmin::connect(must(config::parse_cache_url(url)));
    REQUIRE_FALSE(admin);
    CHECK(admin.error().code == Errc::upstream);
    CHECK(admin.error().message.find("hunter2") == std::string::npos);
  }
  const FakeRedis fake("+PONG\r\n+OK\r\n");
  RedisAdmin admin = admin_of(fake.url());
  CHECK_FALSE(admin.statistics());
}

}  // namespace pk::cache::test
