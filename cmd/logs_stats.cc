// pk logs stats, and pk stats: what the records that a filter means come to.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "filter_flags.h"
#include "ledger.h"
#include "listing.h"
#include "query/run.h"
#include "query/stats.h"
#include "report.h"
#include "terminal.h"
#include "words.h"

namespace pk::cmd {

namespace {

using query::Group;
using query::Grouping;
using query::Stats;

struct Flags {
  FilterFlags filter;
  std::vector<std::string> texts;  // arguments
  std::string by;
  std::string limit = "0";
  FormatFlags format;
};

std::string percent(double part) {
  return fmt::format("{:.1f} %", part * 100);
}

std::string of_requests(std::uint64_t count, std::uint64_t requests) {
  const std::string number = thousands(static_cast<std::int64_t>(count));
  if (count == 0) return number;
  return fmt::format("{} ({})", number, percent(static_cast<double>(count) / static_cast<double>(requests)));
}

std::string dollars(double usd) {
  return usd != 0 && usd < 0.01 ? cents(usd) : fmt::format("${:.2f}", usd);
}

std::string time_words(const std::optional<double>& ms) {
  return ms ? milliseconds(*ms) : "–";
}

std::string error_words(const Stats& stats) {
  std::string words;
  for (const auto& [status, count] : stats.errors_by_status)
    words += fmt::format("{}{} × {}", words.empty() ? "" : ", ",
                         status == 0 ? "no answer" : std::to_string(status),
                         thousands(static_cast<std::int64_t>(count)));
  return words;
}

std::string feedback_words(const log::FeedbackSummary& feedback) {
  if (feedback.count == 0) return {};
  const std::string count = thousands(feedback.count);
  return feedback.weighted_average ? fmt::format("{:.2f} of {}", *feedback.weighted_average, count) : count;
}

// How a person reads the number of this name; "" where there is nothing to say.
std::string words_of(std::string_view name, const Stats& stats) {
  if (name == "requests") return thousands(static_cast<std::int64_t>(stats.requests));
  if (name == "errors") return of_requests(stats.errors, stats.requests);
  if (name == "prompt_tokens") return thousands(stats.prompt_tokens);
  if (name == "completion_tokens") return thousands(stats.completion_tokens);
  if (name == "total_tokens") return thousands(stats.total_tokens);
  if (name == "cost_usd") return dollars(stats.cost_usd);
  if (name == "saved_usd") return dollars(stats.saved_usd);
  if (name == "latency_p50_ms") return time_words(stats.latency_p50_ms);
  if (name == "latency_p95_ms") return time_words(stats.latency_p95_ms);
  if (name == "latency_p99_ms") return time_words(stats.latency_p99_ms);
  if (name == "cache_hit_rate") return stats.cache_hit_rate ? percent(*stats.cache_hit_rate) : "–";
  if (name == "retries") return thousands(static_cast<std::int64_t>(stats.retries));
  if (name == "rescued") return thousands(static_cast<std::int64_t>(stats.rescued));
  if (name == "errors_by_status") return error_words(stats);
  return feedback_words(stats.feedback);
}

std::string_view label_of(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> k_labels[] = {
      {"prompt_tokens", "prompt tokens"},
      {"completion_tokens", "answer tokens"},
      {"total_tokens", "tokens"},
      {"cost_usd", "cost"},
      {"saved_usd", "saved"},
      {"latency_p50_ms", "latency p50"},
      {"latency_p95_ms", "latency p95"},
      {"latency_p99_ms", "latency p99"},
      {"cache_hit_rate", "cache hits"},
      {"errors_by_status", "errors by status"}};
  const auto at = std::ranges::find(k_labels, name, &std::pair<std::string_view, std::string_view>::first);
  return at == std::end(k_labels) ? std::string_view{} : at->second;
}

std::vector<Fact> facts_of(const Stats& stats) {
  std::vector<Fact> facts;
  for (query::StatsMember& member : query::members(stats))
    facts.push_back({.name = std::string(member.name),
                     .json = std::move(member.json),
                     .text = words_of(member.name, stats),
                     .label = label_of(member.name)});
  return facts;
}

// Of a table with groups; what has no title is in JSON, CSV and TSV alone.
std::vector<ListColumn> columns_of(std::string_view group) {
  return {{group, "Group", true},
          {"requests", "Requests", true, true},
          {"errors", "Errors", true, true},
          {"prompt_tokens", "", true},
          {"completion_tokens", "", true},
          {"total_tokens", "Tokens", true, true},
          {"cost_usd", "Cost", true, true},
          {"saved_usd", "", true},
          {"latency_p50_ms", "p50", true, true},
          {"latency_p95_ms", "p95", true, true},
          {"latency_p99_ms", "", true},
          {"cache_hit_rate", "Cache hits", true, true},
          {"retries", "", true},
          {"rescued", "", true},
          {"errors_by_status", "", true},
          {"feedback", "", true}};
}

Result<Exit> tell_damage(const std::vector<std::string>& damaged) {
  if (damaged.empty()) return Exit::done;
  complain(fmt::format("{} records are damaged and left out, the first: {}; see pk verify", damaged.size(),
                       damaged[0]));
  return Exit::failed;
}

Result<query::StatsReport> read(const std::shared_ptr<store::Env>& env, query::Filter filter,
                                const Grouping& grouping, std::size_t most) {
  if (!env) {
    query::StatsReport none;
    if (grouping.by == query::By::nothing) none.groups.emplace_back();
    return none;
  }
  const store::LogReader reader(env);
  PK_TRY(query::resolve_ids(reader, filter));
  return query::stats(reader, filter, grouping, most);
}

// Of a time as much as tells the groups apart.
std::string group_words(const Group& group, query::By by) {
  constexpr std::size_t k_day_chars = 10, k_minute_chars = 16;
  if (!group.name) return "–";
  if (by == query::By::day) return group.name->substr(0, k_day_chars);
  if (by == query::By::hour || by == query::By::minute) return group.name->substr(0, k_minute_chars);
  return *group.name;
}

Result<void> print_groups(const Listing& listing, const Grouping& grouping, const query::StatsReport& report,
                          bool color) {
  const std::string name = query::name_of(grouping);
  std::vector<FactRow> rows;
  for (const Group& group : report.groups) {
    FactRow row = facts_of(group.stats);
    row.insert(row.begin(), {.name = name,
                             .json = group.name ? json_string(*group.name) : "null",
                             .text = group_words(group, grouping.by)});
    rows.push_back(std::move(row));
  }
  return listing.print(rows, color);
}

Result<Exit> run(const Context& context, const Flags& flags) {
  PK_ASSIGN(const query::Filter filter, read_filter(flags.filter, flags.texts, SystemClock().wall_ms()));
  auto grouping = query::parse_grouping(flags.by);
  if (!grouping) return std::move(grouping).error().within("--by");
  const auto most = parse_uint(flags.limit);
  if (!most)
    return Error{Errc::invalid,
                 "--limit: '" + visible(flags.limit, false) + "' is not possible; write a number, 0 for all"};
  const bool grouped = grouping->by != query::By::nothing;
  const std::string name = query::name_of(*grouping);
  const std::vector<ListColumn> columns = columns_of(name);
  FormatFlags format = flags.format;
  if (grouped && format.output.empty() && format.json.empty() && !stdout_is_terminal())
    format.output = "json";
  std::optional<Report> report;
  std::optional<Listing> listing;
  if (grouped) {
    PK_ASSIGN(listing, Listing::prepare(format, columns));
  } else {
    PK_ASSIGN(report, Report::prepare(format));
  }
  return with_ledger(context, Access::read, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    PK_ASSIGN(const query::StatsReport found, read(env, filter, *grouping, *most));
    if (grouped)
      PK_TRY(print_groups(*listing, *grouping, found, context.color));
    else
      PK_TRY(report->print(facts_of(found.groups.front().stats), context.color));
    return tell_damage(found.damaged);
  });
}

}  // namespace

void add_logs_stats(CLI::App& logs, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = logs.add_subcommand("stats", "What records come to: requests, tokens, cost, latency");
  command->add_option("FILTER", flags->texts, "Filter as text: model:gpt-4o cost>=0.01")->type_name("");
  command
      ->add_option("--by", flags->by,
                   "By model, provider, status, user, config, prompt, day, hour, minute or metadata.KEY")
      ->type_name("GROUP");
  command
      ->add_option("-n,--limit", flags->limit,
                   "With --by: the N groups with the most requests, or the latest times; 0, the default: all")
      ->type_name("N");
  add_format_flags(*command, flags->format, true);
  add_filter_flags(*command, context, flags->filter);
  command->callback([&context, flags] { context.run = [&context, flags] { return run(context, *flags); }; });
}

}  // namespace pk::cmd
