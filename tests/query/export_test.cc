#include "query/export.h"

#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::query {

namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;

struct Fixture {
  Fixture() {
    std::vector<log::LogRecord> records;
    for (unsigned i = 0; i < 1000; ++i) {
      records.push_back(test::sample_record(k_time + i, i));
      records.back().user = i % 10 == 0 ? "ana" : "bo";
      records.back().response->body = i % 3 == 0 ? "\"three\"" : "\"other\"";
    }
    ledger.write(records);
  }
  std::string times_of(Export what) const {
    std::string times;
    what.render = [](std::size_t, std::string& out, const log::LogRecord& record) {
      out += std::to_string(record.created_at - k_time) + (record.request && record.response ? " " : "! ");
    };
    what.take = [&](std::string_view text, std::size_t) {
      times += text;
      return times.size() < 20'000;
    };
    const auto damaged = run(ledger.open(), what);
    REQUIRE(damaged);
    CHECK(damaged->empty());
    return times;
  }
  test::SampleLedger ledger;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "All records, whole, oldest first; those that match; those that are wanted") {
  std::string all, wanted;
  for (int i = 0; i < 1000; ++i) all += std::to_string(i) + " ";
  CHECK(times_of({}) == all);
  Export what;
  what.filter = *parse_text("user:ana three", 0);
  for (int i = 0; i < 1000; i += 30) wanted += std::to_string(i) + " ";
  CHECK(times_of(what) == wanted);
  what.filter = {};
  what.wanted = [](const Uuid& id) { return id.time_ms() - k_time < 3; };
  CHECK(times_of(what) == "0 1 2 ");
}

TEST_CASE("Large records are given too, and who has enough is given no more") {
  test::SampleLedger ledger;
  std::vector<log::LogRecord> records;
  for (unsigned i = 0; i < 20; ++i) {
    records.push_back(test::sample_record(k_time + i, i));
    records.back().response->body = '"' + std::string(3'000'000, static_cast<char>('a' + i)) + '"';
  }
  ledger.write(records);
  for (const std::size_t enough : {std::size_t{5}, std::size_t{100}}) {
    std::size_t taken = 0;
    Export what;
    what.render = [](std::size_t, std::string& out, const log::LogRecord& record) {
      out += record.response->body;
    };
    what.take = [&](std::string_view text, std::size_t count) {
      CHECK(text.size() == count * 3'000'002);
      CHECK(text[1] == static_cast<char>('a' + taken));
      taken += count;
      return taken < enough;
    };
    REQUIRE(run(ledger.open(), what));
    CHECK(taken >= std::min<std::size_t>(enough, 20));
    CHECK(taken <= 20);
  }
}

}  // namespace pk::query
