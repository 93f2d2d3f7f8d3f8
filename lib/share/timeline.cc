#include "share/timeline.h"

#include <algorithm>

#include "base/text.h"

namespace pk::share {

namespace {

using Kind = TimeSpan::Kind;

constexpr double k_total_ms_min = 0.001;

Lane attempt_lane(const log::Attempt& attempt, double start_ms) {
  Lane lane;
  const auto steps = split_list(attempt.option, '.');
  lane.label = steps.empty() ? attempt.option : std::string(steps.back());
  lane.depth = steps.empty() ? 0 : steps.size() - 1;
  lane.attempt = &attempt;
  if (attempt.wait_ms > 0) lane.spans.push_back({Kind::wait, start_ms, attempt.wait_ms});
  lane.spans.push_back({Kind::provider, start_ms + attempt.wait_ms, attempt.latency_ms});
  return lane;
}

}  // namespace

Timeline timeline_of(const log::LogRecord& record) {
  const bool hit = record.cache == log::Cache::hit || record.cache == log::Cache::semantic_hit;
  double waited_ms = 0;
  for (const log::Attempt& attempt : record.attempts) waited_ms += attempt.wait_ms;
  // The pauses between attempts are nobody's work: here they are lanes' own.
  const double own_ms = hit ? record.latency_ms : std::max(record.gateway_ms - waited_ms, 0.0);
  Timeline timeline;
  timeline.lanes.push_back(
      {hit ? "cache" : "gateway", 0, nullptr, {{hit ? Kind::cache : Kind::gateway, 0, own_ms}}});
  double at_ms = hit ? 0 : own_ms;
  for (const log::Attempt& attempt : record.attempts) {
    timeline.lanes.push_back(attempt_lane(attempt, at_ms));
    at_ms += attempt.wait_ms + attempt.latency_ms;
  }
  timeline.total_ms = std::max({record.latency_ms, at_ms, k_total_ms_min});
  timeline.first_token_ms = record.ttft_ms;
  return timeline;
}

}  // namespace pk::share
