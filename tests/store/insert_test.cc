#include "store/insert.h"

#include "store/reader.h"
#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::test {

namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;

std::size_t count_of(const std::shared_ptr<store::Env>& env) {
  return *store::LogReader(env).count();
}

}  // namespace

TEST_CASE("Records are written once each, whole, however often they are inserted") {
  const SampleLedger ledger;
  const auto env = ledger.open(store::Mode::read_write);
  for (int round = 0; round < 2; ++round) {
    store::Inserter inserter(env.get());
    for (unsigned i = 0; i < 600; ++i) REQUIRE(inserter.add(sample_record(k_time + i, i)));
    REQUIRE(inserter.add(sample_record(k_time, 0)));
    REQUIRE(inserter.finish());
    CHECK(inserter.inserted() == (round == 0 ? 600 : 0));
    CHECK(inserter.present() == (round == 0 ? 1 : 601));
  }
  CHECK(count_of(env) == 600);
  const auto record = store::LogReader(env).get(sample_record(k_time + 77, 77).id);
  REQUIRE(record);
  CHECK(**record == sample_record(k_time + 77, 77));
  CHECK(store::month_count(*env, k_time)->logs == 600);
}

TEST_CASE("A dry run counts the same and writes nothing") {
  const SampleLedger ledger;
  ledger.write({sample_record(k_time, 1)});
  const auto env = ledger.open();
  store::Inserter inserter(env.get(), true);
  for (const unsigned i : {1u, 2u, 3u, 3u}) REQUIRE(inserter.add(sample_record(k_time, i)));
  REQUIRE(inserter.finish());
  CHECK(inserter.inserted() == 2);
  CHECK(inserter.present() == 2);
  CHECK(count_of(env) == 1);
  store::Inserter without(nullptr, true);
  REQUIRE(without.add(sample_record(k_time, 1)));
  REQUIRE(without.finish());
  CHECK(without.inserted() == 1);
}

TEST_CASE("A ledger that cannot be written is an error") {
  const SampleLedger ledger;
  ledger.write({sample_record(k_time, 1)});
  const auto env = ledger.open();
  store::Inserter inserter(env.get());
  REQUIRE(inserter.add(sample_record(k_time, 2)));
  CHECK_FALSE(inserter.finish());
  CHECK(inserter.inserted() == 0);
}

}  // namespace pk::test
