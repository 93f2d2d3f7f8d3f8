#include "base/clock.h"
#include "cache/fixture.h"
#include "cache/local_store.h"
#include "support/catch.h"
#include "support/run_pk.h"
#include "support/sample_ledger.h"

namespace pk::test {

namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;

struct Fixture {
  Fixture() {
    for (unsigned i = 0; i < 4; ++i) records.push_back(sample_record(k_time + i * 1000, 0x11111100 + i));
    ledger.write(records);
  }
  PkOutcome pk(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--data", ledger.folder().string()});
    return call_pk({.arguments = std::move(arguments)});
  }
  std::string count() const { return pk({"logs", "list", "--jq", "length"}).out; }

  SampleLedger ledger;
  std::vector<log::LogRecord> records;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "Records are removed by id, by a part of it, by place; a script is not asked") {
  const auto done = pk({"logs", "rm", records[0].id.text(), "11111101", "@latest", "@1"});
  CHECK(done.exit == 0);
  CHECK(done.out.empty());
  CHECK(done.err == "removed 3 logs\n");
  CHECK(count() == "1\n");
  CHECK(pk({"logs", "show", "@latest", "--jq", ".id"}).out == records[2].id.text() + "\n");
}

TEST_CASE_METHOD(Fixture, "If one is not there nothing is removed") {
  CHECK(pk({"logs", "rm", "@latest", "0195a3c5-0000-7000-8000-000000000009"}).exit == 3);
  CHECK(pk({"logs", "rm", "@latest", "@9"}).exit == 3);
  CHECK(pk({"logs", "rm", "@latest", "111"}).exit == 2);
  CHECK(pk({"logs", "rm", "@latest", "111111"}).exit == 2);
  CHECK(count() == "4\n");
}

TEST_CASE_METHOD(Fixture, "The answers that the cache keeps of them go too, unless they are to stay") {
  const SystemClock clock;
  cache::LocalStore::Options options;
  options.dir = ledger.folder();
  options.bytes_max = 5'000'000;
  {
    const auto store = cache::test::must(cache::LocalStore::open(options, clock));
    for (int i = 0; i < 3; ++i) {
      cache::Entry entry = cache::test::entry_of(i);
      entry.created_ms = clock.wall_ms();
      entry.expires_ms = entry.created_ms + 3'600'000;
      entry.log_id = records[static_cast<std::size_t>(i)].id;
      store->put(cache::test::key_of(i), cache::test::shared(std::move(entry)));
    }
    store->flush();
  }
  const auto kept = [&] { return pk({"cache", "stats", "--jq", ".entries"}).out; };
  CHECK(kept() == "3\n");
  CHECK(pk({"logs", "rm", records[0].id.text(), records[3].id.text()}).err ==
        "removed 2 logs and 1 cached answer\n");
  CHECK(kept() == "2\n");
  CHECK(pk({"logs", "rm", "--keep-cached", records[1].id.text()}).err == "removed 1 log\n");
  CHECK(kept() == "2\n");
}

TEST_CASE_METHOD(Fixture, "Where the cache cannot be reached nothing is removed, and what to do is said") {
  const auto done = pk({"logs", "rm", "--cache", "redis://127.0.0.1:1", "@latest"});
  CHECK(done.exit == 1);
  CHECK(done.err.find("--keep-cached") != std::string::npos);
  CHECK(count() == "4\n");
}

TEST_CASE("Where there is no ledger nothing can be removed, and none is made") {
  const TempFolder folder;
  const std::string data = (folder.path() / "none").string();
  CHECK(call_pk({.arguments = {"--data", data, "logs", "rm", "@latest"}}).exit == 3);
  CHECK_FALSE(std::filesystem::exists(data));
}

}  // namespace pk::test
