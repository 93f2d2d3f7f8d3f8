#include "query/feedback_stats.h"

#include "store/feedback.h"
#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::query {
namespace {

constexpr std::int64_t k_start_ms = 1'772'323'200'000;  // 2026-03-01T00:00:00Z
constexpr std::int64_t k_hour_ms = 3'600'000;

class FeedbackLedger {
 public:
  FeedbackLedger() {
    std::vector<log::LogRecord> records;
    for (unsigned n = 0; n < 4; ++n) records.push_back(test::sample_record(k_start_ms + n, n));
    records[0].trace_id = records[1].trace_id = "two models";
    records[1].model = "gpt-4o";
    records[2].trace_id = "one";
    m_ledger.write(records);
    m_env = m_ledger.open(store::Mode::read_write);
  }

  void add(const std::string& trace, std::int64_t value, double weight, std::int64_t at_ms) {
    const store::Feedback one{Uuid::lowest_of(k_start_ms + ++m_count), trace, value, weight, {}, "", at_ms};
    REQUIRE(store::add_feedback(*m_env, std::span(&one, 1)));
  }
  FeedbackStats stats(std::string_view filter = "") const {
    auto stats = feedback_stats(store::LogReader(m_env), *parse_text(filter, 0));
    REQUIRE(stats);
    return *std::move(stats);
  }

 private:
  test::SampleLedger m_ledger;
  std::shared_ptr<store::Env> m_env;
  int m_count = 0;
};

}  // namespace

TEST_CASE("No feedback gives noughts and empty lists") {
  const FeedbackLedger ledger;
  CHECK(to_json(ledger.stats()) ==
        R"({"count":0,"weighted_average":null,"by_value":[],"by_model":[],"over_time":[]})");
}

TEST_CASE("Of a filter it is the feedback on traces of which a record matches, each trace whole") {
  FeedbackLedger ledger;
  ledger.add("two models", 10, 1, k_start_ms + 1);
  ledger.add("two models", -5, 0.5, k_start_ms + 100 * 24 * k_hour_ms);
  ledger.add("one", 1, 1, k_start_ms + k_hour_ms + 5);
  ledger.add("before its log", 1, 0, k_start_ms + k_hour_ms + 6);
  const FeedbackStats stats = ledger.stats("model:gpt-4o");
  CHECK(stats.all == log::FeedbackSummary{2, 7.5 / 1.5});
  CHECK(stats.by_value == std::map<std::int64_t, std::uint64_t>{{-5, 1}, {10, 1}});
  CHECK(stats.by_model == std::vector<ModelFeedback>{{"gpt-4o", {2, 7.5 / 1.5}}});
  CHECK(stats.over_time.size() == 2);
  CHECK(ledger.stats("trace-id:one").all == log::FeedbackSummary{1, 1.0});
  CHECK(to_json(ledger.stats("model:none")) == to_json(FeedbackStats{}));
}

TEST_CASE("Feedback is added up by value, by model and by hour") {
  FeedbackLedger ledger;
  ledger.add("two models", 10, 1, k_start_ms + 1);
  ledger.add("two models", -5, 0.5, k_start_ms + k_hour_ms);
  ledger.add("one", 1, 1, k_start_ms + k_hour_ms + 5);
  ledger.add("before its log", 1, 0, k_start_ms + k_hour_ms + 6);
  const FeedbackStats stats = ledger.stats();
  CHECK(stats.all == log::FeedbackSummary{4, 8.5 / 2.5});
  CHECK(stats.by_value == std::map<std::int64_t, std::uint64_t>{{-5, 1}, {1, 2}, {10, 1}});
  CHECK(stats.by_model ==
        std::vector<ModelFeedback>{{"gpt-4o-mini", {3, 8.5 / 2.5}}, {"gpt-4o", {2, 7.5 / 1.5}}});
  CHECK(stats.over_time == std::vector<TimedFeedback>{{"2026-03-01T00:00:00.000Z", {1, 10.0}},
                                                      {"2026-03-01T01:00:00.000Z", {3, -1.5 / 1.5}}});
  CHECK(
      to_json(stats) ==
      R"({"count":4,"weighted_average":3.4,"by_value":[{"value":-5,"count":1},{"value":1,"count":2},{"value":10,"count":1}],)"
      R"("by_model":[{"model":"gpt-4o-mini","count":3,"weighted_average":3.4},{"model":"gpt-4o","count":2,"weighted_average":5}],)"
      R"("over_time":[{"time":"2026-03-01T00:00:00.000Z","count":1,"weighted_average":10},)"
      R"({"time":"2026-03-01T01:00:00.000Z","count":3,"weighted_average":-1}]})");
}

TEST_CASE("What spans more than two days is by day") {
  FeedbackLedger ledger;
  ledger.add("one", 1, 1, k_start_ms + k_hour_ms);
  ledger.add("one", 3, 1, k_start_ms + 2 * k_hour_ms);
  ledger.add("one", 2, 1, k_start_ms + 50 * k_hour_ms);
  const FeedbackStats stats = ledger.stats();
  CHECK(stats.bucket == By::day);
  CHECK(stats.over_time == std::vector<TimedFeedback>{{"2026-03-01T00:00:00.000Z", {2, 2.0}},
                                                      {"2026-03-03T00:00:00.000Z", {1, 2.0}}});
}

}  // namespace pk::query
