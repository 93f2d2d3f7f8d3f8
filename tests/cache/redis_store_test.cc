// Against a real redis-server, and servers that are none. Where a test is not about the wait it has one that
// no machine is slow enough for.
#include "cache/redis_store.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "base/clock.h"
#include "cache/fixture.h"
#include "support/fake_redis.h"
#include "support/redis_server.h"
#include "support/wait_until.h"

namespace pk::cache::test {
namespace {

using pk::test::FakeRedis;
using pk::test::RedisServer;
using pk::test::wait_until;

std::int64_t now_ms() {
  return SystemClock().wall_ms();
}

// Waits as long as it takes, and probes often.
RedisOptions patient() {
  RedisOptions options;
  options.wait_max = std::chrono::minutes(5);
  options.connect_max = options.stall_max = std::chrono::minutes(5);
  options.breaker.cooldown_min = options.breaker.cooldown_max = std::chrono::milliseconds(5);
  return options;
}

// As it ships, but once it leaves Redis alone it does so for the whole test.
RedisOptions once() {
  RedisOptions options;
  options.breaker.cooldown_min = options.breaker.cooldown_max = std::chrono::hours(1);
  return options;
}

std::unique_ptr<RedisStore> open(const std::string& url, const RedisOptions& options = patient()) {
  return must(RedisStore::start(must(config::parse_cache_url(url)), options));
}

// Where answers arrive: a worker's loop.
class Inbox {
 public:
  Post post() {
    return [this](std::function<void()> f) {
      std::lock_guard lock(m_mutex);
      m_calls.push_back(std::move(f));
      m_changed.notify_all();
    };
  }
  void run_one() {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return !m_calls.empty(); });
    const auto call = std::move(m_calls.front());
    m_calls.erase(m_calls.begin());
    lock.unlock();
    call();
  }
  bool empty() {
    std::lock_guard lock(m_mutex);
    return m_calls.empty();
  }

 private:
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::vector<std::function<void()>> m_calls;
};

EntryPtr ask(Store& store, const Key& key, std::int64_t at_ms = now_ms()) {
  Inbox inbox;
  std::optional<EntryPtr> answer;
  store.get(key, at_ms, inbox.post(), [&](EntryPtr entry) { answer = std::move(entry); });
  while (!answer) inbox.run_one();
  CHECK(inbox.empty());
  return *answer;
}

Entry fresh(int number, std::size_t body_bytes = 100) {
  Entry entry = entry_of(number, body_bytes);
  entry.created_ms = now_ms();
  entry.expires_ms = now_ms() + 3'600'000;
  return entry;
}

void wait_until_left_alone(const Store& store) {
  wait_until("Redis is left alone", [&] { return !store.stats().healthy; });
}

// Asked until it is left alone; there is no answer.
void ask_until_left_alone(Store& store) {
  wait_until("Redis is left alone", [&] {
    CHECK(ask(store, key_of(1)) == nullptr);
    return !store.stats().healthy;
  });
}

}  // namespace

TEST_CASE("What is put is found with all its bytes; what was not is none") {
  const RedisServer redis;
  const auto store = open(redis.url());
  CHECK(ask(*store, key_of(1)) == nullptr);
  Entry entry = fresh(1);
  entry.body = std::string("\0\r\n$5\r\n", 7) + std::string(200'000, 'x');
  store->put(key_of(1), shared(entry));
  const EntryPtr found = ask(*store, key_of(1));
  REQUIRE(found != nullptr);
  CHECK(*found == entry);
  store->remove(key_of(1));
  CHECK(ask(*store, key_of(1)) == nullptr);
  const StoreStats stats = store->stats();
  CHECK(stats.healthy);
  CHECK(stats.failures == 0);
  CHECK(stats.dropped_puts == 0);
  CHECK(stats.last_error.empty());
}

TEST_CASE("Redis is told when an entry expires, and one that is over is none") {
  const RedisServer redis;
  const auto store = open(redis.url());
  const Entry entry = fresh(1);
  store->put(key_of(1), shared(entry));
  REQUIRE(ask(*store, key_of(1)) != nullptr);
  CHECK(ask(*store, key_of(1), entry.expires_ms) == nullptr);
  const std::string left = redis.ask("PTTL " + redis_key(key_of(1)));  // ":3599990"
  CHECK(std::stoll(left.substr(1)) <= 3'600'000);
  CHECK(std::stoll(left.substr(1)) > 0);
  Entry over = fresh(2);
  over.expires_ms = now_ms() - 1;
  store->put(key_of(2), shared(over));
  CHECK(ask(*store, key_of(2), 0) == nullptr);
  CHECK(redis.ask("EXISTS " + redis_key(key_of(2))) == ":0");
}

TEST_CASE("Many questions at a time are answered each with its own") {
  const RedisServer redis;
  const auto store = open(redis.url());
  constexpr int k_count = 500;
  for (int i = 0; i < k_count; i += 2) store->put(key_of(i), shared(fresh(i, 5000)));
  Inbox inbox;
  std::vector<std::string> got(k_count, "none yet");
  for (int i = 0; i < k_count; ++i)
    store->get(key_of(i), now_ms(), inbox.post(),
               [&got, i](EntryPtr entry) { got[static_cast<std::size_t>(i)] = entry ? entry->body : ""; });
  for (int i = 0; i < k_count; ++i) inbox.run_one();
  for (int i = 0; i < k_count; ++i) {
    CAPTURE(i);
    REQUIRE(got[static_cast<std::size_t>(i)] == (i % 2 == 0 ? fresh(i, 5000).body : ""));
  }
}

TEST_CASE("Two gateways share what either put, by port and by name too") {
  const RedisServer redis({}, RedisServer::At::port);
  const auto one = open(redis.url()), other = open(redis.url());
  one->put(key_of(1), shared(fresh(1)));
  REQUIRE(ask(*one, key_of(1)) != nullptr);
  REQUIRE(ask(*other, key_of(1)) != nullptr);
  other->remove(key_of(1));
  CHECK(ask(*other, key_of(1)) == nullptr);
  CHECK(ask(*one, key_of(1)) == nullptr);
}

TEST_CASE("Databases are apart") {
  const RedisServer redis;
  const auto zero = open(redis.url()), two = open(redis.url() + "?db=2");
  two->put(key_of(1), shared(fresh(1)));
  REQUIRE(ask(*two, key_of(1)) != nullptr);
  CHECK(ask(*zero, key_of(1)) == nullptr);
  const auto none = open(redis.url() + "?db=99", once());
  wait_until_left_alone(*none);
  CHECK(none->stats().last_error.find("database") != std::string::npos);
}

TEST_CASE("A password opens it; a wrong or missing one is told without repeating it") {
  const RedisServer redis({"--requirepass", "open-sesame"});
  const auto store = open(redis.url(":open%2Dsesame@"));
  store->put(key_of(1), shared(fresh(1)));
  REQUIRE(ask(*store, key_of(1)) != nullptr);
  CHECK(redis.ask("AUTH open-sesame") == "+OK");

  const auto wrong = open(redis.url(":hunter2@"), once());
  wait_until_left_alone(*wrong);
  CHECK(ask(*wrong, key_of(1)) == nullptr);
  CHECK(wrong->stats().last_error.find("WRONGPASS; check user and password") != std::string::npos);
  CHECK(wrong->stats().last_error.find("hunter2") == std::string::npos);

  const auto missing = open(redis.url(), once());
  wait_until_left_alone(*missing);
  CHECK(missing->stats().last_error.find("redis://:PASSWORD@host") != std::string::npos);
}

TEST_CASE("A server without AUTH that quotes what it was sent does not get the password into the error") {
  const FakeRedis fake("-ERR unknown command 'AUTH', with args beginning with: 'hunter2'\r\n+PONG\r\n");
  const auto store = open(fake.url(":hunter2@"), once());
  wait_until_left_alone(*store);
  CHECK(store->stats().last_error.find("refused the login") != std::string::npos);
  CHECK(store->stats().last_error.find("hunter2") == std::string::npos);
}

TEST_CASE(
    "Redis gone: questions are answered with none, what is put is dropped; Redis back: it is used again") {
  RedisServer redis;
  const auto store = open(redis.url());
  store->put(key_of(1), shared(fresh(1)));
  REQUIRE(ask(*store, key_of(1)) != nullptr);
  redis.kill9();
  ask_until_left_alone(*store);  // a question that goes out in the moment of the close is one failure alone
  CHECK(store->stats().last_error.find("start it, or mend the URL") != std::string::npos);
  store->put(key_of(2), shared(fresh(2)));
  wait_until("the put is dropped", [&] { return store->stats().dropped_puts >= 1; });
  CHECK(ask(*store, key_of(2)) == nullptr);

  redis.start();
  wait_until("Redis is used again", [&] { return store->stats().healthy; });
  CHECK(ask(*store, key_of(1)) == nullptr);  // it kept nothing
  store->put(key_of(3), shared(fresh(3)));
  CHECK(ask(*store, key_of(3)) != nullptr);
}

TEST_CASE("A connection that Redis closes is made anew for the next question") {
  const RedisServer redis;
  const auto store = open(redis.url());
  store->put(key_of(1), shared(fresh(1)));
  REQUIRE(ask(*store, key_of(1)) != nullptr);
  for (int i = 0; i < 10; ++i) {
    CHECK(redis.ask("CLIENT KILL TYPE normal SKIPME yes") != ":0");
    // A question that goes out in the moment of the close is none.
    wait_until("it is connected again", [&] { return ask(*store, key_of(1)) != nullptr; });
    CHECK(store->stats().healthy);
  }
}

TEST_CASE("What was to be removed while Redis did not answer is removed when it does again") {
  RedisServer redis;
  RedisOptions options = patient();
  options.wait_max = std::chrono::milliseconds(100);
  const auto store = open(redis.url(), options);
  wait_until("what is put is found", [&] {
    store->put(key_of(1), shared(fresh(1)));
    return ask(*store, key_of(1)) != nullptr;
  });
  redis.pause();
  ask_until_left_alone(*store);
  store->remove(key_of(1));
  redis.go_on();
  wait_until("the entry is removed", [&] { return redis.ask("EXISTS " + redis_key(key_of(1))) == ":0"; });
}

// The bound of a get() is counted, not timed: it ends while Redis still stands still.
TEST_CASE("Redis that stands still costs the first few questions their wait, and the others nothing") {
  RedisServer redis;
  RedisOptions options = once();
  const auto store = open(redis.url(), options);
  Inbox never;
  redis.pause();
  for (unsigned i = 0; i < options.breaker.failures_max + 3; ++i) CHECK(ask(*store, key_of(1)) == nullptr);
  wait_until_left_alone(*store);
  int answers = 0;
  // No thread takes part any more: the answer is there when get() returns.
  store->get(key_of(1), now_ms(), never.post(), [&](EntryPtr entry) { answers += entry == nullptr; });
  CHECK(answers == 1);
  CHECK(never.empty());
  CHECK(store->stats().last_error.find("requests go on without the cache") != std::string::npos);
  CHECK(redis.stands_still());
  redis.go_on();
}

TEST_CASE("Redis that stood still and goes on is used again") {
  RedisServer redis;
  RedisOptions options = patient();
  options.wait_max = std::chrono::milliseconds(100);
  const auto store = open(redis.url(), options);
  redis.pause();
  ask_until_left_alone(*store);
  CHECK(redis.stands_still());
  redis.go_on();
  wait_until("what is put is found", [&] {
    store->put(key_of(1), shared(fresh(1)));
    return ask(*store, key_of(1)) != nullptr;
  });
}

TEST_CASE("Puts alone notice that Redis stands still") {
  RedisServer redis;
  RedisOptions options = once();
  options.wait_max = std::chrono::minutes(5);
  options.stall_max = std::chrono::milliseconds(20);
  const auto store = open(redis.url(), options);
  store->put(key_of(1), shared(fresh(1)));
  ask(*store, key_of(1));
  redis.pause();
  wait_until("a put is dropped", [&] {
    store->put(key_of(1), shared(fresh(1)));
    return store->stats().dropped_puts > 0;
  });
  CHECK(redis.stands_still());
  redis.go_on();
}

TEST_CASE("Servers that talk something else are left alone, whatever they say") {
  const std::string big(300'000, 'x');
  for (const std::string& junk :
       {std::string("HTTP/1.1 400 Bad Request\r\n\r\n"), std::string("\0\0\0\0", 4), std::string("+PONG\r\n"),
        std::string("*2147483647\r\n"), std::string("$2147483647\r\n") + big, std::string("+") + big,
        std::string(":1\r\n"), std::string("$-1\r\n"),
        std::string("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n"), std::string("$-99\r\n"),
        std::string(":9999999999999999999999\r\n"), std::string("-\r\n"), std::string(),
        std::string("+PONG\r\n+PONG\r\n+PONG\r\n"), std::string("-ERR max number of clients reached\r\n")}) {
    CAPTURE(junk.substr(0, 40));
    RedisOptions options = once();
    options.value_bytes_max = 100'000;
    options.connect_max = std::chrono::milliseconds(50);
    const FakeRedis fake(junk);
    const auto store = open(fake.url(), options);
    ask_until_left_alone(*store);
    CHECK_FALSE(store->stats().last_error.empty());
  }
}

TEST_CASE("Nobody there, a name that is none, a socket that is none: told with what to do") {
  for (const char* url : {"redis+unix:///nowhere/redis", "redis://127.0.0.1:1", "redis://[::1]:1",
                          "redis://nowhere.invalid", "redis+unix:///dev/null"}) {
    CAPTURE(url);
    RedisOptions options = once();
    options.connect_max = std::chrono::minutes(5);
    const auto store = open(url, options);
    wait_until_left_alone(*store);
    CHECK(ask(*store, key_of(1)) == nullptr);
    CHECK(store->stats().last_error.find("mend the URL") != std::string::npos);
  }
}

TEST_CASE("Bytes that are no entry are none, and counted") {
  const RedisServer redis;
  const auto store = open(redis.url());
  CHECK(redis.ask("SET " + redis_key(key_of(1)) + " garbage") == "+OK");
  CHECK(ask(*store, key_of(1)) == nullptr);
  CHECK(store->stats().failures == 1);
  CHECK(store->stats().healthy);
  CHECK(redis.ask("RPUSH " + redis_key(key_of(2)) + " a") == ":1");
  CHECK(ask(*store, key_of(2)) == nullptr);
  CHECK(store->stats().last_error.find("WRONGTYPE") != std::string::npos);
  CHECK(store->stats().healthy);
}

TEST_CASE("An entry that stands under another one's key is none, and counted") {
  const RedisServer redis;
  const auto store = open(redis.url());
  redis.set(redis_key(key_of(1)), encode(fresh(2)));
  CHECK(ask(*store, key_of(1)) == nullptr);
  CHECK(store->stats().failures == 1);
  CHECK(store->stats().last_error.find("another request") != std::string::npos);
  redis.set(redis_key(key_of(1)), encode(fresh(1)));
  CHECK(ask(*store, key_of(1)) != nullptr);
}

TEST_CASE("An entry over the limit is neither stored nor taken from who stored it") {
  const RedisServer redis;
  RedisOptions small = patient();
  small.value_bytes_max = 10'000;
  const auto store = open(redis.url(), small), large = open(redis.url());
  store->put(key_of(1), shared(fresh(1, 20'000)));
  CHECK(store->stats().dropped_puts == 1);
  Entry wordy = fresh(2, 100);
  wordy.words = std::string(20'000, 'w');
  store->put(key_of(2), shared(wordy));
  CHECK(ask(*store, key_of(2)) == nullptr);
  CHECK(store->stats().dropped_puts == 2);
  large->put(key_of(3), shared(fresh(3, 20'000)));
  REQUIRE(ask(*large, key_of(3)) != nullptr);
  CHECK(ask(*store, key_of(3)) == nullptr);
  CHECK(store->stats().failures == 1);
  CHECK(store->stats().healthy);
}

TEST_CASE("A full mailbox drops what is put, and answers questions at once") {
  RedisServer redis;
  RedisOptions options = patient();
  options.mailbox_bytes_max = 3000;
  const auto store = open(redis.url(), options);
  ask(*store, key_of(1));
  redis.pause();
  for (int i = 0; i < 10; ++i) store->put(key_of(i), shared(fresh(i, 1000)));
  CHECK(store->stats().dropped_puts >= 8);
  Inbox inbox;
  int answers = 0;
  for (int i = 0; i < 10; ++i) store->get(key_of(i), now_ms(), inbox.post(), [&](EntryPtr) { ++answers; });
  CHECK(answers >= 4);
  CHECK(redis.stands_still());
  redis.go_on();
  while (answers < 10) inbox.run_one();
}

TEST_CASE("A full Redis is told with what to do, and still asked") {
  const RedisServer redis({"--maxmemory", "1mb", "--maxmemory-policy", "noeviction"});
  const auto store = open(redis.url());
  for (int i = 0; i < 20; ++i) store->put(key_of(i), shared(fresh(i, 200'000)));
  ask(*store, key_of(1));
  const StoreStats stats = store->stats();
  CHECK(stats.dropped_puts > 0);
  CHECK_FALSE(stats.healthy);
  CHECK(stats.last_error.find("allkeys-lru") != std::string::npos);
}

TEST_CASE("At the end who waits is told none, and later questions are answered at once") {
  RedisServer redis;
  const auto store = open(redis.url());
  ask(*store, key_of(1));
  redis.pause();
  Inbox inbox;
  int answers = 0;
  for (int i = 0; i < 3; ++i)
    store->get(key_of(i), now_ms(), inbox.post(), [&](EntryPtr entry) { answers += entry == nullptr; });
  store->stop();
  for (int i = 0; i < 3; ++i) inbox.run_one();
  CHECK(answers == 3);
  store->get(key_of(1), now_ms(), inbox.post(), [&](EntryPtr entry) { answers += entry == nullptr; });
  CHECK(answers == 4);
  store->put(key_of(1), shared(fresh(1)));
  store->stop();
  CHECK(inbox.empty());
}

}  // namespace pk::cache::test
