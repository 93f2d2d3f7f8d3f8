#include "query/seek.h"

#include "store/column_maker.h"
#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::query {

namespace {

using test::sample_record;
using test::SampleLedger;

constexpr std::int64_t k_start = 1'772'357'400'000;
constexpr std::int64_t k_day_ms = 86'400'000;
constexpr unsigned k_records = 7000;

// In blocks, every third of user "cid"; two rows have changed since.
struct Blocks {
  Blocks() {
    std::vector<log::LogRecord> records;
    for (unsigned n = 0; n < k_records; ++n) records.push_back(record(n));
    ledger.write(records);
    REQUIRE(store::make_columns(*ledger.open(store::Mode::read_write), k_start + k_day_ms));
    ledger.write({record(10), record(k_records - 10)});
  }
  static log::LogRecord record(unsigned n) {
    auto one = sample_record(k_start + n, n);
    if (n % 3 == 0) one.user = "cid";
    return one;
  }
  static Uuid id(unsigned n) { return sample_record(k_start + n, n).id; }
  SampleLedger ledger;
};

}  // namespace

TEST_CASE_METHOD(Blocks, "Whole blocks are passed over, and what is left of the count lies in the next") {
  const store::LogReader reader(ledger.open());
  const auto users = *parse_text("user:cid", k_start);
  for (const store::Order order : {store::Order::newest_first, store::Order::oldest_first})
    for (const unsigned count : {0u, 1u, 1999u, 2000u, 3500u, 6999u, 7000u, 9000u})
      for (const Filter& filter : {Filter{}, users}) {
        CAPTURE(count, filter.terms.size());
        store::Range range;
        range.order = order;
        const auto left = pass_over(reader, filter, range, count);
        REQUIRE(left);
        // What was passed over and what is still to be are as many as were asked for, or all there are.
        std::uint64_t passed = 0;
        REQUIRE(reader.scan(store::Range{}, k_records, [&](const log::LogRecord& one) {
          const bool is_in =
              (!range.from || *range.from <= one.id) && (!range.before || one.id < *range.before);
          passed += !is_in && matches(filter, one);
          return true;
        }));
        CHECK(passed + *left == count);
        if (count >= 3500) CHECK(passed > 0);
      }
}

TEST_CASE_METHOD(Blocks, "A range keeps its own ends") {
  const store::LogReader reader(ledger.open());
  store::Range range{id(1000), id(5000), store::Order::newest_first};
  const auto left = pass_over(reader, {}, range, 3000);
  REQUIRE(left);
  CHECK(range.from == id(1000));
  CHECK(*range.before < id(5000));
  CHECK(*left < 2001);
  store::Range all{id(1000), id(5000), store::Order::newest_first};
  CHECK(pass_over(reader, {}, all, 4000).value() == 0);
  CHECK(*all.before <= *all.from);
}

}  // namespace pk::query
