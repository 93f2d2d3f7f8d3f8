#include "query/feedback_stats.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include "base/json.h"
#include "query/groups.h"
#include "query/run.h"
#include "store/feedback.h"

namespace pk::query {

namespace {

constexpr std::int64_t k_hour_ms = 3'600'000;
constexpr std::int64_t k_day_ms = 24 * k_hour_ms;

struct Sum {
  std::int64_t count = 0;
  double weighted = 0;
  double weights = 0;

  void add(const Sum& more) {
    count += more.count;
    weighted += more.weighted;
    weights += more.weights;
  }
  log::FeedbackSummary summary() const {
    log::FeedbackSummary summary;
    summary.count = count;
    if (weights > 0) summary.weighted_average = weighted / weights;
    return summary;
  }
};

Sum sum_of(const store::Feedback& one) {
  return {1, static_cast<double>(one.value) * one.weight, one.weight};
}

// The start of the hour or day; before 1970 too.
std::int64_t floor_to(std::int64_t ms, std::int64_t step) {
  return ms - (ms % step + step) % step;
}

void fill_over_time(FeedbackStats& stats, const std::map<std::int64_t, Sum>& hours) {
  const bool by_hour =
      hours.empty() || hours.rbegin()->first - hours.begin()->first < k_hours_shown * k_hour_ms;
  stats.bucket = by_hour ? By::hour : By::day;
  std::map<std::int64_t, Sum> buckets;
  for (const auto& [hour, sum] : hours) buckets[floor_to(hour, by_hour ? k_hour_ms : k_day_ms)].add(sum);
  for (const auto& [start, sum] : buckets)
    stats.over_time.push_back({time_group(stats.bucket, start), sum.summary()});
}

std::string average_json(const log::FeedbackSummary& feedback) {
  std::string json;
  if (feedback.weighted_average)
    append_json_number(json, *feedback.weighted_average);
  else
    json = "null";
  return json;
}

// [{"name":…,"count":…,"weighted_average":…},…]
template <class Rows, class Name>
std::string rows_json(std::string_view key, const Rows& rows, Name name) {
  std::string json = "[";
  for (const auto& row : rows)
    json += fmt::format(R"({}{{"{}":{},"count":{},"weighted_average":{}}})", json.size() > 1 ? "," : "", key,
                        json_string(name(row)), row.feedback.count, average_json(row.feedback));
  return json + "]";
}

using Traces = std::unordered_set<std::string>;

// The traces that have feedback and a record that matches.
Result<Traces> traces_of(const store::LogReader& reader, const Filter& filter) {
  Traces with_feedback, meant;
  PK_TRY(store::list_feedback(*reader.env(), [&](const store::Feedback& one) {
    with_feedback.insert(one.trace_id);
    return true;
  }));
  if (with_feedback.empty()) return meant;
  PK_TRY(run(reader, {.filter = filter, .limit = 0}, [&](const log::LogRecord& record) {
    if (with_feedback.contains(record.trace_id)) meant.insert(record.trace_id);
    return true;
  }));
  return meant;
}

}  // namespace

Result<FeedbackStats> feedback_stats(const store::LogReader& reader, const Filter& filter) {
  FeedbackStats stats;
  Sum all;
  std::map<std::int64_t, Sum> hours;
  std::optional<Traces> meant;
  if (!filter.terms.empty()) {
    PK_ASSIGN(meant, traces_of(reader, filter));
  }
  PK_TRY(store::list_feedback(*reader.env(), [&](const store::Feedback& one) {
    if (meant && !meant->contains(one.trace_id)) return true;
    all.add(sum_of(one));
    ++stats.by_value[one.value];
    hours[floor_to(one.created_at, k_hour_ms)].add(sum_of(one));
    return true;
  }));
  stats.all = all.summary();
  fill_over_time(stats, hours);
  if (all.count == 0) return stats;
  PK_ASSIGN(const StatsReport models, query::stats(reader, filter, {By::model}));
  for (const Group& group : models.groups)
    if (group.stats.feedback.count > 0)
      stats.by_model.push_back({group.name.value_or(""), group.stats.feedback});
  std::ranges::stable_sort(stats.by_model, std::ranges::greater(),
                           [](const ModelFeedback& one) { return one.feedback.count; });
  return stats;
}

FeedbackJson to_json_parts(const FeedbackStats& stats) {
  FeedbackJson json;
  json.count = fmt::format("{}", stats.all.count);
  json.weighted_average = average_json(stats.all);
  json.by_value = "[";
  for (const auto& [value, count] : stats.by_value)
    json.by_value +=
        fmt::format(R"({}{{"value":{},"count":{}}})", json.by_value.size() > 1 ? "," : "", value, count);
  json.by_value += "]";
  json.by_model = rows_json("model", stats.by_model, [](const ModelFeedback& row) { return row.model; });
  json.over_time = rows_json("time", stats.over_time, [](const TimedFeedback& row) { return row.time; });
  return json;
}

std::string to_json(const FeedbackStats& stats) {
  const FeedbackJson json = to_json_parts(stats);
  return fmt::format(R"({{"count":{},"weighted_average":{},"by_value":{},"by_model":{},"over_time":{}}})",
                     json.count, json.weighted_average, json.by_value, json.by_model, json.over_time);
}

}  // namespace pk::query
