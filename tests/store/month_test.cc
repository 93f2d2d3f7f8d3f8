#include "store/month.h"

#include "base/time_text.h"
#include "store/fixture.h"

namespace pk::store::test {

TEST_CASE("A time belongs to its UTC calendar month") {
  const std::vector<std::pair<const char*, Month>> cases = {{"1970-01-01T00:00:00Z", 197001},
                                                            {"2026-01-31T23:59:59.999Z", 202601},
                                                            {"2026-02-01T00:00:00Z", 202602},
                                                            {"2024-02-29T12:00:00Z", 202402},
                                                            {"2026-03-01T01:00:00+02:00", 202602}};
  for (const auto& [text, month] : cases) {
    INFO(text);
    REQUIRE(month_of(*parse_rfc3339(text)) == month);
  }
}

TEST_CASE("Counts are written once and add up over transactions") {
  const TempDir dir;
  const auto env = open_env(dir);
  for (int i = 0; i < 3; ++i) {
    WriteTxn txn = must(WriteTxn::begin(*env));
    MonthTally tally(txn);
    must(tally.of(202601))->logs += 2;
    must(tally.of(202601))->content_skipped += 1;
    must(tally.of(202602))->logs += 1;
    must(tally.write());
    must(txn.commit());
  }
  const ReadTxn txn = must(ReadTxn::begin(*env));
  REQUIRE(must(read_month(txn, 202601)).logs == 6);
  REQUIRE(must(read_month(txn, 202601)).content_skipped == 3);
  REQUIRE(must(read_month(txn, 202602)).logs == 3);
  REQUIRE(must(read_month(txn, 202603)).logs == 0);
}

TEST_CASE("A damaged count is named, and counting starts anew") {
  const TempDir dir;
  const auto env = open_env(dir);
  WriteTxn txn = must(WriteTxn::begin(*env));
  must(txn.put(Table::counters, std::string("\0\x03\x17\x69", 4), std::string(24, 'x')));  // 202601
  const auto count = read_month(txn, 202601);
  REQUIRE_FALSE(count);
  REQUIRE(count.error().code == Errc::corrupt);
  MonthTally tally(txn);
  must(tally.of(202601))->logs += 1;
  must(tally.write());
  REQUIRE(must(read_month(txn, 202601)).logs == 1);
}

}  // namespace pk::store::test
