// pk feedback: what people thought of answers, given, listed and added up.
#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/json.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/time_text.h"
#include "cli11.h"
#include "command.h"
#include "ledger.h"
#include "listing.h"
#include "log/json.h"
#include "output.h"
#include "query/feedback_stats.h"
#include "query/run.h"
#include "report.h"
#include "store/feedback.h"
#include "words.h"

namespace pk::cmd {

namespace {

constexpr ListColumn k_columns[] = {{"id", "", true},
                                    {"trace_id", "Trace", true},
                                    {"value", "Value", true, true},
                                    {"weight", "Weight", true, true},
                                    {"metadata", "Metadata", true},
                                    {"comment", "Comment", true},
                                    {"created_at", "Given", true}};

struct Adding {
  std::string id;
  std::string trace_id;
  std::string value;
  std::string weight = "1";
  std::vector<std::string> metadata;
  std::string comment;
};

struct Listed {
  std::string trace_id;
  std::string limit = "50";
  FormatFlags format;
};

Error usage(std::string what) {
  return {Errc::invalid, std::move(what)};
}

Result<store::Feedback> read(const Adding& flags) {
  store::Feedback feedback;
  if (flags.id.empty() == flags.trace_id.empty())
    return usage("name one log by its id, or a trace with --trace-id");
  const auto value = parse_int(flags.value);
  if (!value || *value < -10 || *value > 10)
    return usage(fmt::format("--value: '{}' is not possible; write a whole number from -10 to 10",
                             visible(flags.value, false)));
  const auto weight = parse_real(flags.weight);
  if (!weight || *weight < 0 || *weight > 1)
    return usage(fmt::format("--weight: '{}' is not possible; write a number from 0 to 1",
                             visible(flags.weight, false)));
  for (const std::string& pair : flags.metadata) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      return usage(fmt::format("--metadata: '{}' is not possible; write KEY=VALUE", visible(pair, false)));
    feedback.metadata.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  feedback.trace_id = flags.trace_id;
  feedback.value = *value;
  feedback.weight = *weight;
  feedback.comment = flags.comment;
  return feedback;
}

Result<std::string> trace_of(const std::shared_ptr<store::Env>& env, const std::string& text) {
  const store::LogReader reader(env);
  PK_ASSIGN(const Uuid id, query::resolve_id(reader, text));
  PK_ASSIGN(const auto record, reader.get(id));
  if (record) return record->trace_id;
  return Error{Errc::not_found,
               fmt::format("no log has the id '{}'; see pk logs list", visible(text, false))};
}

Result<Exit> add(const Context& context, const Adding& flags) {
  PK_ASSIGN(store::Feedback feedback, read(flags));
  // It may come before its log, and before the first log of all.
  const Access access = flags.id.empty() ? Access::create : Access::change;
  return with_ledger(context, access, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    if (!env)
      return Error{Errc::not_found,
                   fmt::format("no log has the id '{}': there is no ledger yet", visible(flags.id, false))};
    if (!flags.id.empty()) {
      PK_ASSIGN(feedback.trace_id, trace_of(env, flags.id));
    }
    const SystemClock clock;
    feedback.id = UuidSource(clock, Rng::from_entropy()).next();
    feedback.created_at = clock.wall_ms();
    PK_TRY(store::add_feedback(*env, std::span(&feedback, 1)));
    Output out(Output::Paging::never);
    out.write(feedback.id.text() + "\n");
    PK_TRY(out.finish());
    return Exit::done;
  });
}

std::string real(double value) {
  std::string text;
  append_json_number(text, value);
  return text;
}

FactRow row_of(const store::Feedback& one, std::int64_t now_ms) {
  std::string metadata, words;
  log::append_json(metadata, one.metadata);
  for (const auto& [name, value] : one.metadata) words += (words.empty() ? "" : " ") + name + "=" + value;
  return {{"id", json_string(one.id.text()), one.id.text()},
          {"trace_id", json_string(one.trace_id), one.trace_id},
          {"value", fmt::format("{}", one.value), fmt::format("{:+}", one.value)},
          {"weight", real(one.weight), real(one.weight)},
          {"metadata", metadata, words},
          {"comment", one.comment.empty() ? "null" : json_string(one.comment), one.comment},
          {"created_at", json_string(rfc3339(one.created_at)), relative_time(one.created_at, now_ms)}};
}

Result<std::vector<store::Feedback>> newest(const store::Env& env, const Listed& flags, std::uint64_t limit) {
  std::vector<store::Feedback> all;
  const auto take = [&](const store::Feedback& one) {
    all.push_back(one);
    return limit == 0 || all.size() < limit;
  };
  if (flags.trace_id.empty()) {
    PK_TRY(store::list_feedback(env, take));
    return all;
  }
  PK_ASSIGN(const std::vector<store::Feedback> of_trace, store::trace_feedback(env, flags.trace_id));
  for (const store::Feedback& one : of_trace)
    if (!take(one)) break;
  return all;
}

Result<Exit> list(const Context& context, const Listed& flags) {
  PK_ASSIGN(const Listing listing, Listing::prepare(flags.format, k_columns));
  const auto limit = parse_uint(flags.limit);
  if (!limit)
    return usage(
        fmt::format("--limit: '{}' is not possible; write a number, 0 for all", visible(flags.limit, false)));
  return with_ledger(context, Access::read, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    std::vector<FactRow> rows;
    if (env) {
      PK_ASSIGN(const std::vector<store::Feedback> all, newest(*env, flags, *limit));
      const std::int64_t now_ms = SystemClock().wall_ms();
      for (const store::Feedback& one : all) rows.push_back(row_of(one, now_ms));
    }
    PK_TRY(listing.print(rows, context.color));
    return Exit::done;
  });
}

std::string average(const log::FeedbackSummary& feedback) {
  return feedback.weighted_average ? fmt::format("{:.2f}", *feedback.weighted_average) : "–";
}

std::string summary_line(std::string_view name, const log::FeedbackSummary& feedback) {
  return fmt::format("{}  {} (average {})\n", name, thousands(feedback.count), average(feedback));
}

// The value of a member of the report's JSON, which to_json() makes as a whole.
std::vector<Fact> facts_of(const query::FeedbackStats& stats) {
  std::string by_value, by_model, over_time;
  for (const auto& [value, count] : stats.by_value)
    by_value += fmt::format("{:+3}  {}\n", value, thousands(static_cast<std::int64_t>(count)));
  for (const query::ModelFeedback& row : stats.by_model)
    by_model += summary_line(row.model.empty() ? "(no model)" : visible(row.model, false), row.feedback);
  for (const query::TimedFeedback& row : stats.over_time)
    over_time += summary_line(row.time.substr(0, stats.bucket == query::By::day ? 10 : 16), row.feedback);
  const query::FeedbackJson json = query::to_json_parts(stats);
  return {{"count", json.count, thousands(stats.all.count)},
          {"weighted_average", json.weighted_average, average(stats.all), "average"},
          {"by_value", json.by_value, by_value, "by value", !by_value.empty()},
          {"by_model", json.by_model, by_model, "by model", !by_model.empty()},
          {"over_time", json.over_time, over_time, "over time", !over_time.empty()}};
}

Result<Exit> stats(const Context& context, const FormatFlags& flags) {
  PK_ASSIGN(const Report report, Report::prepare(flags));
  return with_ledger(context, Access::read, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    query::FeedbackStats found;
    if (env) {
      PK_ASSIGN(found, query::feedback_stats(store::LogReader(env)));
    }
    PK_TRY(report.print(facts_of(found), context.color));
    return Exit::done;
  });
}

void add_adder(CLI::App& group, Context& context) {
  auto flags = std::make_shared<Adding>();
  CLI::App* command = group.add_subcommand("add", "Give feedback on a log or a trace, and print its id");
  command->add_option("ID", flags->id, "Log id, a part of one, @latest, or @2 for the second newest")
      ->type_name("");
  command->add_option("--trace-id", flags->trace_id, "A trace, whose logs may come later")->type_name("ID");
  command->add_option("--value", flags->value, "From -10 to 10")->required()->type_name("N");
  command->add_option("--weight", flags->weight, "How much it counts, from 0 to 1 (1)")->type_name("X");
  command->add_option("--metadata", flags->metadata, "A name and a text; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command->add_option("--comment", flags->comment, "In words")->type_name("TEXT");
  command->callback([&context, flags] { context.run = [&context, flags] { return add(context, *flags); }; });
}

void add_lister(CLI::App& group, Context& context) {
  auto flags = std::make_shared<Listed>();
  CLI::App* command = group.add_subcommand("list", "List feedback, newest first");
  command->add_option("-n,--limit", flags->limit, "At most this many, 0 for all (50)")->type_name("N");
  command->add_option("--trace-id", flags->trace_id, "That of one trace")->type_name("ID");
  add_format_flags(*command, flags->format, true);
  command->callback([&context, flags] { context.run = [&context, flags] { return list(context, *flags); }; });
}

void add_stats(CLI::App& group, Context& context) {
  auto flags = std::make_shared<FormatFlags>();
  CLI::App* command = group.add_subcommand("stats", "Add feedback up: by value, by model, over time");
  add_format_flags(*command, *flags, false);
  command->callback(
      [&context, flags] { context.run = [&context, flags] { return stats(context, *flags); }; });
}

}  // namespace

void add_feedback(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("feedback", "Give, list and add up feedback on answers");
  group->require_subcommand(1, 1);
  add_adder(*group, context);
  add_lister(*group, context);
  add_stats(*group, context);
}

}  // namespace pk::cmd
