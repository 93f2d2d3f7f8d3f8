#include "query/count.h"

#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::query {

namespace {

using test::sample_record;
using test::SampleLedger;

constexpr std::int64_t k_time = 1'772'357'400'000;

struct Fixture {
  Fixture() {
    for (unsigned i = 0; i < 10; ++i) {
      records.push_back(sample_record(k_time + i * 1000, i));
      records.back().user = i % 3 == 0 ? "ann" : "bob";
    }
    ledger.write(records);
  }
  Filter filter(std::string_view text) const {
    const auto parsed = parse_text(text, k_time);
    if (!parsed) FAIL(parsed.error().message);
    return *parsed;
  }
  SampleLedger ledger;
  std::vector<log::LogRecord> records;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "A count is of what the filter means") {
  const store::LogReader reader(ledger.open());
  CHECK(count(reader, {})->records == 10);
  CHECK(count(reader, filter("user:ann"))->records == 4);
  CHECK(count(reader, filter("user:ann"))->exact);
  CHECK(count(reader, filter("user:nobody"))->records == 0);
  CHECK(count(reader, filter("hello"))->records == 10);
}

TEST_CASE_METHOD(Fixture, "A count that may look at few rows only says that it is not exact") {
  const store::LogReader reader(ledger.open());
  const auto some = count(reader, filter("hello"), 5);
  REQUIRE(some);
  CHECK(some->records == 5);
  CHECK_FALSE(some->exact);
  CHECK(count(reader, filter("hello"), 10)->exact);
}

TEST_CASE_METHOD(Fixture, "Neighbours are the matching records on either side") {
  const store::LogReader reader(ledger.open());
  const auto between = neighbours(reader, filter("user:ann"), records[4].id);
  REQUIRE(between);
  CHECK(between->newer == records[6].id);
  CHECK(between->older == records[3].id);
  const auto newest = neighbours(reader, {}, records[9].id);
  CHECK_FALSE(newest->newer);
  CHECK(newest->older == records[8].id);
  CHECK_FALSE(neighbours(reader, filter("user:nobody"), records[4].id)->older);
}

}  // namespace pk::query
