#include <thread>

#include "base/clock.h"
#include "base/text.h"
#include "base/time_text.h"
#include "cache/digest.h"
#include "cache/fixture.h"
#include "cache/local_store.h"
#include "cache/redis_store.h"
#include "support/redis_server.h"
#include "support/run_pk.h"
#include "support/sample_ledger.h"
#include "support/wait_until.h"

namespace pk::test {

namespace {

using cache::test::key_of;
using cache::test::must;
using cache::test::shared;

const SystemClock k_clock;

cache::Entry answer_of(const Uuid& log_id, int number) {
  cache::Entry entry = cache::test::entry_of(number);
  entry.created_ms = k_clock.wall_ms() + number;
  entry.expires_ms = entry.created_ms + 3'600'000;
  entry.log_id = log_id;
  return entry;
}

Uuid log_id(unsigned number) {
  return sample_record(1'772'357'400'000 + number * 1000, number).id;
}

// Three answers, of logs 0 to 2, which are in the ledger.
struct Fixture {
  Fixture() {
    std::vector<log::LogRecord> records;
    for (unsigned i = 0; i < 3; ++i) records.push_back(sample_record(1'772'357'400'000 + i * 1000, i));
    ledger.write(records);
  }
  std::unique_ptr<cache::LocalStore> open() const {
    cache::LocalStore::Options options;
    options.dir = ledger.folder();
    options.bytes_max = 5'000'000;
    return must(cache::LocalStore::open(options, k_clock));
  }
  static void fill(cache::Store& store) {
    for (unsigned i = 0; i < 3; ++i)
      store.put(key_of(static_cast<int>(i)), shared(answer_of(log_id(i), static_cast<int>(i))));
  }
  std::unique_ptr<cache::LocalStore> filled() const {
    auto store = open();
    fill(*store);
    store->flush();
    return store;
  }
  PkOutcome pk(std::vector<std::string> arguments, std::vector<std::string> environment = {}) const {
    arguments.insert(arguments.begin(), {"--data", ledger.folder().string()});
    return call_pk({.arguments = std::move(arguments), .environment = std::move(environment)});
  }
  std::string entries(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"cache", "stats", "--jq", ".entries"});
    return pk(std::move(more)).out;
  }
  static std::string digits(int number, std::size_t count) {
    return hex(cache::view_of(key_of(number))).substr(0, count);
  }

  SampleLedger ledger;
};

// The same in a Redis.
struct RedisFixture : Fixture {
  RedisFixture() {
    cache::RedisOptions patient;  // whose puts wait as long as it takes
    patient.wait_max = patient.connect_max = patient.stall_max = std::chrono::minutes(5);
    const auto store =
        must(cache::RedisStore::start(must(config::parse_cache_url(redis.url(":s3cret@"))), patient));
    fill(*store);
    wait_until("Redis has three entries", [&] { return redis_entries() == 3; });
  }
  std::vector<std::string> with(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--cache", redis.url(":s3cret@")});
    return arguments;
  }
  int redis_entries() const {
    const std::string out = pk(with({"cache", "stats", "--jq", ".entries"})).out;
    return out.empty() ? -1 : std::stoi(out);
  }

  RedisServer redis{{"--requirepass", "s3cret"}};
};

}  // namespace

TEST_CASE_METHOD(Fixture, "Where there is no cache there is nothing, nothing goes, and none is made") {
  const auto stats = pk({"cache", "stats"});
  CHECK(stats.exit == 0);
  CHECK(stats.out ==
        "{\"store\":\"local\",\"entries\":0,\"bytes\":0,\"bytes_max\":0,\"file_bytes\":0,\"oldest\":null,"
        "\"newest\":null,\"stored\":0,\"expired\":0,\"evicted\":0,\"dropped\":0}\n");
  const auto cleared = pk({"cache", "clear"});
  CHECK(cleared.exit == 0);
  CHECK(cleared.err == "removed 0 cached answers\n");
  CHECK(pk({"cache", "rm", "@latest"}).exit == 3);
  CHECK_FALSE(std::filesystem::exists(ledger.folder() / "cache.mdb"));
}

TEST_CASE_METHOD(Fixture, "What is kept is counted beside the server that has it open, and after its end") {
  auto store = filled();
  const auto check = [&] {
    const auto stats =
        pk({"cache", "stats", "--jq", "[.entries,.bytes_max,.stored,.bytes>0,.file_bytes>0]|tostring"});
    CHECK(stats.out == "[3,5000000,3,true,true]\n");
  };
  check();
  store.reset();
  check();
  const auto ages = pk({"cache", "stats", "--jq", "[.oldest,.newest]|join(\" \")"});
  const std::size_t space = ages.out.find(' ');
  REQUIRE(space != std::string::npos);
  const auto oldest = parse_rfc3339(ages.out.substr(0, space));
  const auto newest = parse_rfc3339(trim(ages.out.substr(space)));
  REQUIRE((oldest && newest));
  CHECK(*oldest < *newest);
}

TEST_CASE_METHOD(Fixture, "On a terminal it is lines for a person") {
  filled();
  const auto shown = call_pk({.arguments = {"--data", ledger.folder().string(), "cache", "stats"},
                              .environment = {"NO_COLOR=1"},
                              .terminal = true});
  CHECK(shown.exit == 0);
  CHECK(shown.out.find("entries          3") != std::string::npos);
  CHECK(shown.out.find("of at most       5.0 MB") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "Cleared, the server that runs has none of it any more") {
  const auto store = filled();
  const auto cleared = pk({"cache", "clear", "--yes"});
  CHECK(cleared.exit == 0);
  CHECK(cleared.out.empty());
  CHECK(cleared.err == "removed 3 cached answers\n");
  CHECK(cache::test::get(*store, key_of(0), k_clock.wall_ms()) == nullptr);
  CHECK(entries() == "0\n");
}

TEST_CASE_METHOD(Fixture, "An answer goes by its log: the whole id, a part, or a place") {
  const auto store = filled();
  CHECK(pk({"cache", "rm", log_id(0).text()}).err == "removed 1 cached answer\n");
  CHECK(cache::test::get(*store, key_of(0), k_clock.wall_ms()) == nullptr);
  CHECK(cache::test::get(*store, key_of(1), k_clock.wall_ms()) != nullptr);
  CHECK(pk({"cache", "rm", "@latest", log_id(1).text().substr(24)}).err == "removed 2 cached answers\n");
  CHECK(entries() == "0\n");
}

TEST_CASE_METHOD(Fixture, "An answer goes by the first digits of its key, be they odd or in capitals") {
  filled();
  CHECK(pk({"cache", "rm", digits(0, 9)}).err == "removed 1 cached answer\n");
  CHECK(pk({"cache", "rm", digits(1, 64)}).err == "removed 1 cached answer\n");
  std::string capitals = digits(2, 12);
  for (char& c : capitals)
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 32);
  CHECK(pk({"cache", "rm", capitals}).err == "removed 1 cached answer\n");
  CHECK(entries() == "0\n");
}

TEST_CASE_METHOD(Fixture, "A name of no answer is told, exit 3, and the others' go") {
  filled();
  const auto done = pk({"cache", "rm", "00000000-0000-7000-8000-000000000000", log_id(0).text()});
  CHECK(done.exit == 3);
  CHECK(done.err.starts_with("pk: no cached answer is of the log or key '00000000-"));
  CHECK(done.err.ends_with("removed 1 cached answer\n"));
  CHECK(entries() == "2\n");
  CHECK(pk({"cache", "rm", "ffffffffffff"}).exit == 3);
  CHECK(pk({"cache", "rm", "not-an-id"}).exit == 3);
  CHECK(entries() == "2\n");
}

TEST_CASE_METHOD(Fixture, "Wrong usage exits 2 and removes nothing") {
  filled();
  const std::vector<std::string> cases[] = {{"cache"},
                                            {"cache", "rm"},
                                            {"cache", "rm", "01"},
                                            {"cache", "rm", "@x"},
                                            {"cache", "rm", log_id(0).text().substr(0, 8)},
                                            {"cache", "clear", "all"},
                                            {"cache", "stats", "-o", "csv"},
                                            {"cache", "stats", "--json=entries"},
                                            {"cache", "clear", "--cache", "http://x"},
                                            {"cache", "clear", "--cache", "redis://:hunter2@"},
                                            {"cache", "clear", "--cache", "rediss://:hunter2@x"}};
  for (const auto& arguments : cases) {
    CAPTURE(arguments);
    const auto done = pk(arguments);
    CHECK(done.exit == 2);
    CHECK(done.err.find("hunter2") == std::string::npos);
    CHECK(done.err.find('\n') == done.err.size() - 1);
  }
  CHECK(entries() == "3\n");
}

TEST_CASE_METHOD(Fixture, "A cache file that is none ends with a line and exit 1") {
  std::filesystem::create_directory(ledger.folder() / "cache.mdb");
  for (const char* command : {"stats", "clear"}) {
    const auto done = pk({"cache", command});
    CHECK(done.exit == 1);
    CHECK(done.err.starts_with("pk: "));
    CHECK(done.err.find('\n') == done.err.size() - 1);
  }
}

TEST_CASE_METHOD(RedisFixture, "A Redis is counted and cleared in the same way, by flag or settings") {
  const auto stats = pk(with({"cache", "stats"}));
  CHECK(stats.exit == 0);
  CHECK(stats.out.starts_with("{\"store\":\"redis+unix://" + redis.socket_path() + "?db=0\",\"entries\":3,"));
  CHECK(stats.out.find("\"bytes_max\":null") != std::string::npos);
  CHECK(stats.out.find("\"damaged\":0") != std::string::npos);
  CHECK(stats.out.find("s3cret") == std::string::npos);
  const std::vector<std::string> environment = {"PK_CACHE_URL=" + redis.url(":s3cret@")};
  CHECK(pk({"cache", "stats", "--jq", ".entries"}, environment).out == "3\n");
  CHECK(pk({"cache", "stats", "--jq", ".store", "--cache", "off"}, environment).out == "local\n");
  CHECK(pk({"cache", "clear"}, environment).err == "removed 3 cached answers\n");
  CHECK(redis_entries() == 0);
}

TEST_CASE_METHOD(RedisFixture, "Answers in a Redis go by log or key") {
  CHECK(pk(with({"cache", "rm", log_id(0).text()})).err == "removed 1 cached answer\n");
  CHECK(pk(with({"cache", "rm", "@latest"})).err == "removed 1 cached answer\n");
  CHECK(pk(with({"cache", "rm", digits(1, 7)})).err == "removed 1 cached answer\n");
  CHECK(pk(with({"cache", "rm", digits(1, 7)})).exit == 3);
  CHECK(redis_entries() == 0);
}

TEST_CASE_METHOD(RedisFixture, "A Redis that is gone, or refuses, is one line without the password, exit 1") {
  const auto refused = pk({"cache", "stats", "--cache", redis.url(":hunter2@")});
  CHECK(refused.exit == 1);
  CHECK(refused.err.find("WRONGPASS") != std::string::npos);
  CHECK(refused.err.find("hunter2") == std::string::npos);
  redis.kill9();
  const auto gone = pk(with({"cache", "clear"}));
  CHECK(gone.exit == 1);
  CHECK(gone.err.starts_with("pk: Redis at redis+unix://"));
  CHECK(gone.err.find("s3cret") == std::string::npos);
  CHECK(gone.err.find('\n') == gone.err.size() - 1);
}

}  // namespace pk::test
