#include "query/search_threads.h"

#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::query {

TEST_CASE("Records come out in the order in which they were put in, those that have the text") {
  constexpr std::int64_t k_time = 1'772'357'400'000;
  test::SampleLedger ledger;
  std::vector<log::LogRecord> records;
  for (unsigned i = 0; i < 3000; ++i) {
    records.push_back(test::sample_record(k_time + i, i));
    if (i % 7 == 0) records.back().response->body = "\"the needle\"";
  }
  ledger.write(records);
  std::vector<Uuid> expected, got;
  for (std::size_t i = 3000; i-- > 0;)
    if (i % 7 == 0) expected.push_back(records[i].id);
  std::size_t looked_at = 0;
  SearchThreads threads(ledger.open(), *parse_text("NEEDLE", 0), [&](const Looked& looked) {
    looked_at += looked.records;
    CHECK(looked.damaged.empty());
    CHECK_FALSE(looked.error);
    got.insert(got.end(), looked.found.begin(), looked.found.end());
    return true;
  });
  for (std::size_t i = 3000; i-- > 0;) REQUIRE(threads.put(records[i].id));
  REQUIRE(threads.put(test::sample_record(k_time, 77'777).id));  // one that is not there
  REQUIRE(threads.finish());
  CHECK(got == expected);
  CHECK(looked_at == 3001);
}

}  // namespace pk::query
