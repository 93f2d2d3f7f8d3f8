#include "query/stats.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/json.h"
#include "base/text.h"
#include "query/groups.h"
#include "query/run.h"
#include "query/stats_scan.h"

namespace pk::query {

namespace {

struct Name {
  std::string_view name;
  By by;
};
constexpr Name k_names[] = {{"model", By::model}, {"provider", By::provider}, {"status", By::status},
                            {"user", By::user},   {"config", By::config},     {"prompt", By::prompt},
                            {"day", By::day},     {"hour", By::hour},         {"minute", By::minute}};
constexpr std::string_view k_metadata = "metadata.";

std::string real(double value) {
  std::string json;
  append_json_number(json, value);
  return json;
}

std::string real(const std::optional<double>& value) {
  return value ? real(*value) : "null";
}

std::string errors_json(const std::map<std::int64_t, std::uint64_t>& errors) {
  std::string json = "{";
  for (const auto& [status, count] : errors)
    fmt::format_to(std::back_inserter(json), "{}\"{}\":{}", json.size() > 1 ? "," : "",
                   status == 0 ? "none" : std::to_string(status), count);
  return json + "}";
}

bool has_trace(const Filter& filter) {
  return std::ranges::any_of(filter.terms, [](const Term& term) { return term.field == Field::trace_id; });
}

}  // namespace

Result<Grouping> parse_grouping(std::string_view text) {
  if (text.empty()) return Grouping{};
  for (const Name& known : k_names)
    if (known.name == text) return Grouping{known.by};
  if (text.starts_with(k_metadata) && text.size() > k_metadata.size())
    return Grouping{By::metadata, std::string(text.substr(k_metadata.size()))};
  std::string valid;
  for (const Name& known : k_names) valid.append(known.name).append(" ");
  return Error{Errc::invalid, fmt::format("there is no grouping by '{}'; there are {}metadata.KEY",
                                          visible(text, false), valid)};
}

std::string name_of(const Grouping& grouping) {
  if (grouping.by == By::metadata) return std::string(k_metadata) + grouping.key;
  for (const Name& known : k_names)
    if (known.by == grouping.by) return std::string(known.name);
  return {};
}

Result<StatsReport> stats(const store::LogReader& reader, const Filter& filter, const Grouping& grouping,
                          std::size_t most) {
  StatsReport report;
  PK_ASSIGN(const store::FeedbackTotals feedback, reader.feedback_totals());
  Groups groups(grouping);
  bool fits = true;
  if (needs_content(filter) || has_trace(filter)) {
    PK_ASSIGN(Page page, run(reader, {.filter = filter, .limit = 0},
                             [&](const log::LogRecord& record) { return fits = groups.add(record); }));
    report.damaged = std::move(page.damaged);
  } else {
    PK_ASSIGN(fits, add_up(reader, filter, feedback, groups, report.damaged));
  }
  if (!fits)
    return Error{Errc::limit, fmt::format("there are more than {} groups by {}; choose fewer records",
                                          k_groups_max, name_of(grouping))};
  report.groups = groups.finish(feedback, most);
  return report;
}

std::vector<StatsMember> members(const Stats& stats) {
  return {{"requests", std::to_string(stats.requests)},
          {"errors", std::to_string(stats.errors)},
          {"prompt_tokens", std::to_string(stats.prompt_tokens)},
          {"completion_tokens", std::to_string(stats.completion_tokens)},
          {"total_tokens", std::to_string(stats.total_tokens)},
          {"cost_usd", real(stats.cost_usd)},
          {"saved_usd", real(stats.saved_usd)},
          {"latency_p50_ms", real(stats.latency_p50_ms)},
          {"latency_p95_ms", real(stats.latency_p95_ms)},
          {"latency_p99_ms", real(stats.latency_p99_ms)},
          {"cache_hit_rate", real(stats.cache_hit_rate)},
          {"retries", std::to_string(stats.retries)},
          {"rescued", std::to_string(stats.rescued)},
          {"errors_by_status", errors_json(stats.errors_by_status)},
          {"feedback", fmt::format("{{\"count\":{},\"weighted_average\":{}}}", stats.feedback.count,
                                   real(stats.feedback.weighted_average))}};
}

void append_json(std::string& out, const Grouping& grouping, const Group& group) {
  out += '{';
  if (grouping.by != By::nothing)
    out.append(json_string(name_of(grouping)))
        .append(":")
        .append(group.name ? json_string(*group.name) : "null")
        .append(",");
  std::string_view between;
  for (const StatsMember& member : members(group.stats)) {
    fmt::format_to(std::back_inserter(out), "{}\"{}\":{}", between, member.name, member.json);
    between = ",";
  }
  out += '}';
}

std::string to_json(const Grouping& grouping, const StatsReport& report) {
  std::string out;
  for (const Group& group : report.groups) {
    if (!out.empty()) out += ',';
    append_json(out, grouping, group);
  }
  return grouping.by == By::nothing ? out : "[" + out + "]";
}

}  // namespace pk::query
