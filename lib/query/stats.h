// What the records that a filter means come to: sums, rates and percentiles, whole or by group.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "query/filter.h"
#include "store/reader.h"

namespace pk::query {

inline constexpr std::size_t k_groups_max = 100'000;

enum class By : std::uint8_t {
  nothing,  // one group of all
  model,
  provider,
  status,  // by slug: a record counts in each of its four
  user,
  config,
  prompt,
  day,  // of time the groups are named by their start, RFC 3339 UTC
  hour,
  minute,
  metadata  // the value of one key
};
struct Grouping {
  By by = By::nothing;
  std::string key = {};  // of metadata
  bool operator==(const Grouping&) const = default;
};

// "model", "metadata.team" …; "" is By::nothing. invalid, naming what there is, for anything else.
Result<Grouping> parse_grouping(std::string_view text);
// What it was parsed from: the name of the group in JSON.
std::string name_of(const Grouping& grouping);

// Sums are over what is known; what is null in a record adds nothing.
struct Stats {
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;  // not ok
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;
  std::int64_t total_tokens = 0;
  double cost_usd = 0;
  double saved_usd = 0;
  // By nearest rank; of more than k_exact_latencies (query/latencies.h) within 0.05 %. None without requests.
  std::optional<double> latency_p50_ms;
  std::optional<double> latency_p95_ms;
  std::optional<double> latency_p99_ms;
  // Hits, semantic ones too, of hits and misses. None where the cache was not asked.
  std::optional<double> cache_hit_rate;
  std::uint64_t retries = 0;  // attempts at the target that the one before was at
  std::uint64_t rescued = 0;  // ok, and not by the first attempt
  std::map<std::int64_t, std::uint64_t> errors_by_status;  // 0: none came
  log::FeedbackSummary feedback;                           // of the records' traces, each once
  bool operator==(const Stats&) const = default;
};

struct Group {
  std::optional<std::string> name;  // none: of records that have no model, user …
  Stats stats;
};

struct StatsReport {
  // By::nothing: always one. Times in their order; others by requests, most first.
  std::vector<Group> groups;
  std::vector<std::string> damaged;  // records left out because they cannot be read, a line each
};

// At most `most` groups, 0 for all: those with the most requests, or the latest times. Errors are the
// reader's; limit if there are more than k_groups_max groups to choose from.
Result<StatsReport> stats(const store::LogReader& reader, const Filter& filter, const Grouping& grouping,
                          std::size_t most = 0);

// The numbers by name, as JSON: those of CONTRACT section 7 in its order, then the others.
struct StatsMember {
  std::string_view name;
  std::string json;
};
std::vector<StatsMember> members(const Stats& stats);

// One object, {"model":…,"requests":…}: the group first.
void append_json(std::string& out, const Grouping& grouping, const Group& group);
// The report: of By::nothing the object, else an array of them.
std::string to_json(const Grouping& grouping, const StatsReport& report);

}  // namespace pk::query
