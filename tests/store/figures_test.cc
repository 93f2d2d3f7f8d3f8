#include "store/figures.h"

#include <limits>

#include "fixture.h"
#include "log/outcome.h"
#include "store/feedback_totals.h"
#include "store/segment_sum.h"

namespace pk::store {

using namespace test;

TEST_CASE("Figures are the record's, and 0 where it has none") {
  log::LogRecord record = record_at(k_now_ms);
  record.saved_usd = 0.25;
  record.completion_tokens = 4'294'967'295;
  record.ok = true;
  record.cache = log::Cache::semantic_hit;
  record.http_status = 529;
  const auto figures = figures_of(record);
  REQUIRE(figures);
  CHECK(figures->cost_usd == 0);
  CHECK(figures->saved_usd == 0.25);
  CHECK(figures->latency_ms == 12.5);
  CHECK(figures->trace == FeedbackTotals::hash(record.trace_id));
  CHECK(figures->prompt_tokens == 0);
  CHECK(figures->completion_tokens == 4'294'967'295);
  CHECK(figures->total_tokens == 12);
  CHECK(figures->http_status == 529);
  CHECK(figures->retries == log::retries(record));
  CHECK(figures->cache == static_cast<std::uint8_t>(log::Cache::semantic_hit));
  CHECK((figures->flags & Figures::k_ok) != 0);
  CHECK(((figures->flags & Figures::k_rescued) != 0) == log::is_rescued(record));
  record.http_status.reset();
  record.ok = false;
  CHECK(figures_of(record)->http_status == 0);
  CHECK((figures_of(record)->flags & Figures::k_ok) == 0);
}

TEST_CASE("A record that says what no figure can has none") {
  const auto with = [](auto change) {
    log::LogRecord record = record_at(k_now_ms);
    change(record);
    return figures_of(record);
  };
  CHECK_FALSE(with([](auto& record) { record.prompt_tokens = -1; }));
  CHECK_FALSE(with([](auto& record) { record.total_tokens = std::int64_t{1} << 32; }));
  CHECK_FALSE(
      with([](auto& record) { record.completion_tokens = std::numeric_limits<std::int64_t>::min(); }));
  CHECK_FALSE(with([](auto& record) { record.http_status = 65'536; }));
  CHECK_FALSE(with([](auto& record) { record.http_status = 0; }));  // null is another one's form
  CHECK(with([](auto& record) { record.http_status = 65'535; }));
}

TEST_CASE("The check of figures is of their bytes, their block and their place") {
  const Figures figures = *figures_of(record_at(k_now_ms));
  const std::uint64_t seed = segment_seed(id_at(5), 128);
  CHECK(check_of(figures, seed, 3) == check_of(figures, seed, 3));
  CHECK(check_of(figures, seed, 3) != check_of(figures, seed, 4));
  CHECK(check_of(figures, seed, 3) != check_of(figures, segment_seed(id_at(6), 128), 3));
  Figures other = figures;
  other.total_tokens ^= 1;
  CHECK(check_of(figures, seed, 3) != check_of(other, seed, 3));
}

}  // namespace pk::store
