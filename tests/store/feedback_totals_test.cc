#include "store/feedback_totals.h"

#include "store/feedback.h"
#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::store {

namespace {

Feedback of(std::string trace_id, std::int64_t n, std::int64_t value, double weight) {
  Feedback feedback;
  feedback.id = Uuid::lowest_of(n);
  feedback.trace_id = std::move(trace_id);
  feedback.value = value;
  feedback.weight = weight;
  return feedback;
}

}  // namespace

TEST_CASE("Feedback is added up by trace") {
  const test::SampleLedger ledger;
  const auto env = ledger.open(Mode::read_write);
  CHECK(FeedbackTotals::read(*env)->is_empty());
  const Feedback feedback[] = {of("one", 1, 4, 0.5), of("one", 2, -2, 1), of("two", 3, 10, 1)};
  REQUIRE(add_feedback(*env, feedback));
  const auto totals = FeedbackTotals::read(*env);
  REQUIRE(totals);
  const auto* one = totals->of(FeedbackTotals::hash("one"));
  REQUIRE(one);
  CHECK(one->count == 2);
  CHECK(one->sum == 0);
  CHECK(one->weights == 1.5);
  CHECK(totals->of(FeedbackTotals::hash("two"))->sum == 10);
  CHECK_FALSE(totals->of(FeedbackTotals::hash("three")));
}

}  // namespace pk::store
