#include "query/stats_scan.h"

#include "base/rng.h"
#include "query/stats.h"
#include "store/block.h"
#include "store/column_maker.h"
#include "store/feedback.h"
#include "store/txn.h"
#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::query {

namespace {

using test::sample_record;
using test::SampleLedger;

constexpr std::int64_t k_time = 1'772'357'400'000;
constexpr unsigned k_blocks = 5;

// Blocks that are not joined, and rows behind them.
class Fixture {
 public:
  Fixture() : m_ledger(written()), m_env(m_ledger.open()), m_reader(m_env) {}

  struct Sum {
    bool fits = false;
    std::vector<Group> groups;
    std::vector<std::string> damaged;
  };
  Sum sum(const std::string& text, const std::string& by, std::size_t threads,
          const store::FeedbackTotals& feedback) const {
    const auto filter = parse_text(text, k_time);
    const auto grouping = parse_grouping(by);
    REQUIRE((filter && grouping));
    Groups groups(*grouping);
    Sum sum;
    const auto added = add_up(m_reader, *filter, feedback, groups, sum.damaged, threads, 1);
    REQUIRE(added);
    sum.fits = *added;
    sum.groups = groups.finish(feedback, 0);
    return sum;
  }

 protected:
  static const SampleLedger& written() {
    static const SampleLedger ledger;
    static const bool once = [] {
      Rng rng(5);
      std::vector<log::LogRecord> records;
      for (unsigned n = 0; n < k_blocks * store::k_block_records + 300; ++n) {
        log::LogRecord record = sample_record(k_time + n * 100, n);
        record.request.reset();
        record.response.reset();
        record.user = "user-" + std::to_string(rng.next() % (n % 2 == 0 ? 5 : 900));
        record.cost_usd = static_cast<double>(rng.next() % 100'000) / 1e7;
        record.latency_ms = static_cast<double>(rng.next() % 1'000'000) / 1000;
        record.ok = rng.next() % 10 != 0;
        if (!record.ok) record.http_status = 400 + static_cast<std::int64_t>(rng.next() % 130);
        record.metadata = {{"team", std::to_string(rng.next() % 3)}};
        records.push_back(record);
      }
      ledger.write(records);
      const auto env = ledger.open(store::Mode::read_write);
      store::Feedback liked;
      liked.id = records[9].id;
      liked.trace_id = records[77].trace_id;
      liked.value = 7;
      return store::add_feedback(*env, std::vector{liked}) && store::make_columns(*env, k_time + 86'400'000);
    }();
    REQUIRE(once);
    return ledger;
  }

  const SampleLedger& m_ledger;
  std::shared_ptr<store::Env> m_env;
  store::LogReader m_reader;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "The same comes of it on any number of threads") {
  const auto feedback = m_reader.feedback_totals();
  REQUIRE(feedback);
  const std::string by = GENERATE("", "model", "user", "status", "hour", "metadata.team");
  const std::string filter = GENERATE("", "user:user-3", "user:user-700", "errors:true", "user:nobody",
                                      "since:2026-03-01T09:35:00Z until:2026-03-01T09:40:00Z");
  CAPTURE(by, filter);
  const Sum one = sum(filter, by, 1, *feedback);
  CHECK(one.fits);
  for (const std::size_t threads : {2u, 3u, 8u}) {
    const Sum many = sum(filter, by, threads, *feedback);
    CHECK(many.fits);
    REQUIRE(many.groups.size() == one.groups.size());
    for (std::size_t i = 0; i < one.groups.size(); ++i) {
      CHECK(many.groups[i].name == one.groups[i].name);
      CHECK(many.groups[i].stats == one.groups[i].stats);
    }
  }
}

TEST_CASE("Where figures are damaged, rows are added up") {
  const SampleLedger ledger;
  std::vector<log::LogRecord> records;
  for (unsigned n = 0; n < store::k_block_records; ++n) {
    records.push_back(sample_record(k_time + n * 100, n));
    records.back().user = n % 200 == 7 ? "ann" : "bob";
  }
  ledger.write(records);
  const auto env = ledger.open(store::Mode::read_write);
  REQUIRE(store::make_columns(*env, k_time + 86'400'000));
  const store::LogReader reader(env);
  const std::string filter = GENERATE("", "user:ann", "user:bob");
  CAPTURE(filter);
  const auto sum = [&] {
    const auto report = stats(reader, *parse_text(filter, k_time), {});
    REQUIRE(report);
    CHECK(report->damaged.empty());
    return report->groups.at(0).stats;
  };
  const Stats before = sum();
  CHECK(before.requests == (filter.empty() ? 2048u : filter == "user:ann" ? 11u : 2037u));
  {
    auto txn = store::WriteTxn::begin(*env);
    REQUIRE(txn);
    std::string key;
    std::string block;
    {
      auto cursor = store::Cursor::open(*txn, store::Table::columns);
      REQUIRE((cursor && cursor->first()));
      key = cursor->key();
      block = cursor->value();
    }
    const auto figures = store::Block::view(key, block)->figures();
    REQUIRE(figures);
    block[static_cast<std::size_t>(figures->data() - block.data()) + 207 * sizeof(store::Figures)] ^= 1;
    REQUIRE(txn->put(store::Table::columns, key, block));
    REQUIRE(txn->commit());
  }
  CHECK(sum() == before);
}

TEST_CASE_METHOD(Fixture, "A reader that is given up ends all threads") {
  store::LogReader reader = m_reader.another();
  reader.set_given_up([] { return true; });
  const Grouping grouping;
  Groups groups(grouping);
  std::vector<std::string> damaged;
  const auto added = add_up(reader, {}, {}, groups, damaged, 4, 1);
  REQUIRE_FALSE(added);
  CHECK(added.error().code == Errc::cancelled);
}

TEST_CASE_METHOD(Fixture, "A range is cut where blocks begin, and its parts are all of it") {
  const auto parts = m_reader.parts({}, 2);
  REQUIRE(parts);
  REQUIRE(parts->size() == k_blocks / 2 + 1);
  CHECK_FALSE(parts->front().before);
  CHECK_FALSE(parts->back().from);
  for (std::size_t i = 1; i < parts->size(); ++i) CHECK((*parts)[i].before == (*parts)[i - 1].from);
  const Uuid middle = *parts->front().from;
  const auto oldest = m_reader.parts({{}, middle, store::Order::oldest_first}, 1);
  REQUIRE(oldest);
  CHECK(oldest->back().before == middle);
  CHECK_FALSE(oldest->front().from);
  CHECK(m_reader.parts({middle, {}, store::Order::newest_first}, 100)->size() == 1);
}

}  // namespace pk::query
