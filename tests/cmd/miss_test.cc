#include "cmd/miss.h"

#include "cache/local_store.h"
#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::test {
namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;

struct Cached {
  TempFolder folder;
  SystemClock clock;

  // The entry that a request with this body left.
  void keep(const log::LogRecord& record, std::string_view body) const {
    cache::LocalStore::Options options;
    options.dir = folder.path();
    const auto store = cache::LocalStore::open(std::move(options), clock);
    REQUIRE(store);
    cache::RequestFacts facts;
    facts.endpoint = log::Endpoint::chat_completions;
    facts.body = body;
    cache::Entry entry;
    entry.fingerprint = cache::fingerprint(facts);
    entry.log_id = record.id;
    entry.created_ms = record.created_at + 100;
    entry.expires_ms = record.created_at + 1'000'000'000;
    const cache::Key key = cache::key_of(entry.fingerprint);
    (*store)->put(key, std::make_shared<const cache::Entry>(std::move(entry)));
  }
  std::string why(const log::LogRecord& record) const { return cmd::explain_miss(folder.path(), record); }
};

log::LogRecord missed_at(std::int64_t at_ms, unsigned n) {
  log::LogRecord record = sample_record(at_ms, n);
  record.cache = log::Cache::miss;
  return record;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("A miss names the nearest entry and the exact fields that differ") {
  const Cached cached;
  const log::LogRecord first = missed_at(k_time, 1), second = missed_at(k_time + 1000, 2);
  cached.keep(first, R"({"model":"m","messages":["a","b"]})");
  CHECK(cached.why(first) == "missed the cache: no other entry was there");
  cached.keep(second, R"({"model":"m","messages":["a","c"]})");
  CHECK(cached.why(second) == "missed the cache: the nearest entry is that of " + first.id.text() +
                                  ", where body.messages[1] differs");
  const log::LogRecord third = missed_at(k_time + 2000, 3);
  cached.keep(third, R"({"model":"n","messages":["a","c","d"],"n":1})");
  CHECK(has(cached.why(third), second.id.text() + ", where body.messages[2], body.model and body.n differ"));
}

TEST_CASE("Many fields are cut short") {
  const Cached cached;
  const log::LogRecord first = missed_at(k_time, 1), second = missed_at(k_time + 1000, 2);
  cached.keep(first, "{}");
  cached.keep(second, R"({"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1})");
  CHECK(has(cached.why(second), "body.g, body.h and 2 more differ"));
}

TEST_CASE("Where nothing was kept, the reason is told") {
  const Cached cached;
  log::LogRecord record = missed_at(k_time, 1);
  CHECK(has(cached.why(record), "there is none in the data folder"));
  cached.keep(missed_at(k_time, 2), "{}");
  CHECK(has(cached.why(record), "evicted, replaced or removed"));
  record.ok = false;
  record.http_status = 500;
  CHECK(has(cached.why(record), "no success"));
  record.state = log::State::aborted;
  CHECK(has(cached.why(record), "did not come to its end"));
  record.cache = log::Cache::hit;
  CHECK(cached.why(record).empty());
}

TEST_CASE("A damaged cache is told, and ends nothing") {
  const Cached cached;
  cached.keep(missed_at(k_time, 2), "{}");
  std::filesystem::resize_file(cached.folder.path() / "cache.mdb", 5000);
  CHECK(has(cached.why(missed_at(k_time, 1)), "damaged"));
}

}  // namespace pk::test
