// What feedback comes to, all of it or that on the traces of some records: how many, by value, by model, over
// time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "log/record.h"
#include "query/stats.h"
#include "store/reader.h"

namespace pk::query {

struct ModelFeedback {
  std::string model;  // "": of traces whose records name none
  log::FeedbackSummary feedback;
  bool operator==(const ModelFeedback&) const = default;
};

struct TimedFeedback {
  std::string time;  // the start of the bucket, RFC 3339 UTC
  log::FeedbackSummary feedback;
  bool operator==(const TimedFeedback&) const = default;
};

struct FeedbackStats {
  log::FeedbackSummary all;
  std::map<std::int64_t, std::uint64_t> by_value;
  // By the models of its trace's records, most feedback first: one of a trace with two models counts for
  // both, one that came before its log for none.
  std::vector<ModelFeedback> by_model;
  By bucket = By::day;                   // or hour, where all of it is from within k_hours_shown
  std::vector<TimedFeedback> over_time;  // by when it was given; buckets without any are left out
};

inline constexpr std::int64_t k_hours_shown = 48;

// Of a filter that has terms: the feedback on traces of which a record matches, whenever it was given;
// by_model counts those records alone. Reads all feedback and, where there is some, each record once, with a
// filter up to twice. Errors are the reader's.
Result<FeedbackStats> feedback_stats(const store::LogReader& reader, const Filter& filter = {});

// The members of the object that to_json() makes, each as JSON.
struct FeedbackJson {
  std::string count, weighted_average, by_value, by_model, over_time;
};
FeedbackJson to_json_parts(const FeedbackStats& stats);

// {"count","weighted_average","by_value":[{"value","count"}],"by_model":[{"model",…}],"over_time":[{"time",…}]}
std::string to_json(const FeedbackStats& stats);

}  // namespace pk::query
