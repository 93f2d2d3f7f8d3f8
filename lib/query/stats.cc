#include "query/stats.h"

#include <fmt/format.h>

#include <iterator>

#include "base/json.h"
#include "base/text.h"
#include "query/groups.h"
#include "query/run.h"

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

void member(std::string& out, std::string_view name, std::uint64_t value) {
  fmt::format_to(std::back_inserter(out), ",\"{}\":{}", name, value);
}
void member(std::string& out, std::string_view name, std::int64_t value) {
  fmt::format_to(std::back_inserter(out), ",\"{}\":{}", name, value);
}
void member(std::string& out, std::string_view name, std::optional<double> value) {
  fmt::format_to(std::back_inserter(out), ",\"{}\":", name);
  if (value)
    append_json_number(out, *value);
  else
    out += "null";
}

void append_errors(std::string& out, const std::map<std::int64_t, std::uint64_t>& errors) {
  out += ",\"errors_by_status\":{";
  std::string_view between;
  for (const auto& [status, count] : errors) {
    out += between;
    fmt::format_to(std::back_inserter(out), "\"{}\":{}", status == 0 ? "none" : fmt::format("{}", status),
                   count);
    between = ",";
  }
  out += '}';
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

Result<StatsReport> stats(const store::LogReader& reader, const Filter& filter, const Grouping& grouping) {
  StatsReport report;
  Groups groups(grouping);
  bool too_many = false;
  PK_ASSIGN(const store::FeedbackTotals feedback, reader.feedback_totals());
  PK_ASSIGN(Page page, run(reader, {.filter = filter, .limit = 0}, [&](const log::LogRecord& record) {
              too_many = !groups.add(record);
              return !too_many;
            }));
  if (too_many)
    return Error{Errc::limit, fmt::format("there are more than {} groups by {}; choose fewer records",
                                          k_groups_max, name_of(grouping))};
  report.groups = groups.finish(feedback);
  report.damaged = std::move(page.damaged);
  return report;
}

void append_json(std::string& out, const Grouping& grouping, const Group& group) {
  const Stats& stats = group.stats;
  const std::size_t begin = out.size();
  if (grouping.by != By::nothing)
    out.append(",")
        .append(json_string(name_of(grouping)))
        .append(":")
        .append(group.name ? json_string(*group.name) : "null");
  member(out, "requests", stats.requests);
  member(out, "errors", stats.errors);
  member(out, "prompt_tokens", stats.prompt_tokens);
  member(out, "completion_tokens", stats.completion_tokens);
  member(out, "total_tokens", stats.total_tokens);
  member(out, "cost_usd", std::optional(stats.cost_usd));
  member(out, "saved_usd", std::optional(stats.saved_usd));
  member(out, "latency_p50_ms", stats.latency_p50_ms);
  member(out, "latency_p95_ms", stats.latency_p95_ms);
  member(out, "latency_p99_ms", stats.latency_p99_ms);
  member(out, "cache_hit_rate", stats.cache_hit_rate);
  member(out, "retries", stats.retries);
  member(out, "rescued", stats.rescued);
  append_errors(out, stats.errors_by_status);
  out += ",\"feedback\":{\"count\":" + std::to_string(stats.feedback.count);
  member(out, "weighted_average", stats.feedback.weighted_average);
  out += "}}";
  out[begin] = '{';
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
