#include "query/feedback_stats.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "query/groups.h"
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

}  // namespace

Result<FeedbackStats> feedback_stats(const std::shared_ptr<store::Env>& env) {
  FeedbackStats stats;
  Sum all;
  std::map<std::int64_t, Sum> hours;
  PK_TRY(store::list_feedback(*env, [&](const store::Feedback& one) {
    all.add(sum_of(one));
    ++stats.by_value[one.value];
    hours[floor_to(one.created_at, k_hour_ms)].add(sum_of(one));
    return true;
  }));
  stats.all = all.summary();
  fill_over_time(stats, hours);
  if (all.count == 0) return stats;
  PK_ASSIGN(const StatsReport models, query::stats(store::LogReader(env), Filter{}, {By::model}));
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
