#include "share/timeline.h"

#include "support/catch.h"

namespace pk::share {

using Kind = TimeSpan::Kind;

TEST_CASE("Lanes follow one another: pk's own time, then each attempt behind its wait") {
  log::LogRecord record;
  record.latency_ms = 100;
  record.gateway_ms = 25;  // 20 of them waiting
  record.ttft_ms = 90;
  record.attempts = {{"config.targets[0]", "a", "m", 500, "no", 30, 0},
                     {"config.targets[1]", "b", "m", 200, "", 45, 20}};
  const Timeline timeline = timeline_of(record);
  REQUIRE(timeline.lanes.size() == 3);
  CHECK(timeline.lanes[0].spans == std::vector<TimeSpan>{{Kind::gateway, 0, 5}});
  CHECK(timeline.lanes[1].label == "targets[0]");
  CHECK(timeline.lanes[1].depth == 1);
  CHECK(timeline.lanes[1].spans == std::vector<TimeSpan>{{Kind::provider, 5, 30}});
  CHECK(timeline.lanes[2].spans == std::vector<TimeSpan>{{Kind::wait, 35, 20}, {Kind::provider, 55, 45}});
  CHECK(timeline.lanes[2].attempt == &record.attempts[1]);
  CHECK(timeline.total_ms == 100);
  CHECK(timeline.first_token_ms == 90);
}

TEST_CASE("A hit is the cache's own time, and nothing is divided by nothing") {
  log::LogRecord record;
  CHECK(timeline_of(record).total_ms > 0);
  record.cache = log::Cache::hit;
  record.latency_ms = 3;
  const Timeline timeline = timeline_of(record);
  REQUIRE(timeline.lanes.size() == 1);
  CHECK(timeline.lanes[0].label == "cache");
  CHECK(timeline.lanes[0].spans == std::vector<TimeSpan>{{Kind::cache, 0, 3}});
}

}  // namespace pk::share
