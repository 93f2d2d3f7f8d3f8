// pk prune: lets go of what the plan, or the flags, no longer keep.
#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "cache/local_admin.h"
#include "cli11.h"
#include "command.h"
#include "ledger.h"
#include "prune_compact.h"
#include "report.h"
#include "store/column_maker.h"
#include "store/locks.h"
#include "store/prune.h"
#include "words.h"

namespace pk::cmd {

namespace {

struct Flags {
  std::string plan, older_than, keep_last, max_size;
  bool keep_feedback = false;
  bool keep_shared = false;
  bool dry_run = false;
  bool compact = false;
  bool quiet = false;
  FormatFlags format;
};

Error wrong(std::string_view flag, std::string_view value, std::string_view wanted) {
  return {Errc::invalid, fmt::format("{}: '{}' is not possible; {}", flag, visible(value, false), wanted)};
}

// The rules that the flags give; the plan is none where it is the stored one's matter.
Result<store::PruneRules> read_rules(const Flags& flags, const config::Settings& settings) {
  store::PruneRules rules;
  rules.now_ms = SystemClock().wall_ms();
  rules.keep_feedback = flags.keep_feedback;
  rules.keep_shared = flags.keep_shared;
  const std::string& plan = flags.plan.empty() ? settings.plan : flags.plan;
  if (!plan.empty() && !(rules.tier = store::tier_of(plan)))
    return wrong("--plan", plan, "choose developer, production or enterprise");
  if (!flags.older_than.empty() && !(rules.older_than_ms = parse_duration_ms(flags.older_than)))
    return wrong("--older-than", flags.older_than, "write a duration such as 12h, 30d, 4w");
  if (!flags.max_size.empty() && !(rules.max_bytes = parse_bytes(flags.max_size)))
    return wrong("--max-size", flags.max_size, "write a size such as 500MB, 2GB");
  if (!flags.keep_last.empty()) {
    const auto count = parse_uint(flags.keep_last);
    if (!count) return wrong("--keep-last", flags.keep_last, "write a number");
    rules.keep_last = *count;
  }
  if (flags.dry_run && flags.compact)
    return Error{Errc::invalid, "--compact has no effect beside --dry-run; leave one out"};
  return rules;
}

std::string reasons_json(const store::PruneReport& report) {
  std::string out = "{";
  for (const auto& [reason, count] : report.reasons) {
    if (out.size() > 1) out += ',';
    out += json_string(reason) + ":" + fmt::format("{}", count);
  }
  return out + "}";
}

std::string reasons_text(const store::PruneReport& report) {
  std::string out;
  for (const auto& [reason, count] : report.reasons)
    out +=
        fmt::format("{}{} {}", out.empty() ? "" : ", ", thousands(static_cast<std::int64_t>(count)), reason);
  return out;
}

Fact count_fact(std::string name, std::uint64_t count, std::string_view label) {
  return {std::move(name), fmt::format("{}", count), thousands(static_cast<std::int64_t>(count)), label};
}

std::vector<Fact> facts_of(const store::PruneReport& report, bool dry_run) {
  return {count_fact("removed", report.removed, dry_run ? "would remove" : ""),
          count_fact("stripped", report.stripped, dry_run ? "would strip" : ""),
          count_fact("kept", report.kept, dry_run ? "would keep" : ""),
          {"bytes_freed", fmt::format("{}", report.bytes_freed), human_bytes(report.bytes_freed),
           dry_run ? "would free" : "freed"},
          {"reasons", reasons_json(report), reasons_text(report)}};
}

Result<store::PruneReport> prune_by(store::Env& env, store::PruneRules rules, bool dry_run) {
  if (!rules.tier) {
    PK_ASSIGN(rules.tier, store::stored_plan(env));
  }
  PK_ASSIGN(store::PruneReport done, store::prune(env, rules, dry_run));
  // Lists are no less right without them, only slower.
  if (!dry_run) static_cast<void>(store::make_columns(env, rules.now_ms));
  return done;
}

// Two runs of cron that overlap are nobody's trouble: the first one does it.
bool is_taken(const Context& context, const Error& error) {
  if (error.code != Errc::unauthorized) return false;
  const auto pruning = store::is_pruning(context.data);
  return pruning && *pruning;
}

// Beside a server the ledger alone is written anew: the cache's file is the server's while it runs.
Result<void> compact_cache(const Context& context, bool quiet) {
  auto done = cache::compact_local(context.data);
  if (done || done.error().code != Errc::unauthorized) return done;
  if (!quiet)
    std::cerr << "the cache's file stays as it is while the server runs; pk cache clear empties it\n";
  return {};
}

Result<Exit> work(const Context& context, const Flags& flags, const store::PruneRules& rules,
                  const Report& report, std::shared_ptr<store::Env> env) {
  const bool there = env != nullptr;
  store::PruneReport done;
  if (there) {
    auto pruned = prune_by(*env, rules, flags.dry_run);
    if (!pruned && flags.quiet && is_taken(context, pruned.error())) return Exit::refused;
    PK_ASSIGN(done, std::move(pruned));
  }
  env.reset();  // whoever compacts wants no other process to have it open
  if (!flags.quiet) PK_TRY(report.print(facts_of(done, flags.dry_run), context.color));
  if (!flags.compact || !there) return Exit::done;
  PK_ASSIGN(const store::CompactReport file, compact_ledger(context));
  PK_TRY(compact_cache(context, flags.quiet));
  if (!flags.quiet)
    std::cerr << fmt::format("the file went from {} to {}\n", human_bytes(file.bytes_before),
                             human_bytes(file.bytes_after));
  return Exit::done;
}

Result<Exit> run(const Context& context, const Flags& flags) {
  PK_ASSIGN(const store::PruneRules rules, read_rules(flags, context.settings));
  PK_ASSIGN(const Report report, Report::prepare(flags.format));
  const Access access = flags.dry_run ? Access::read : Access::change;
  return with_ledger(context, access, [&](std::shared_ptr<store::Env> env) {
    return work(context, flags, rules, report, std::move(env));
  });
}

}  // namespace

void add_prune(CLI::App& app, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand("prune", "Let go of what the plan no longer keeps");
  command->add_option("--plan", flags->plan, "Follow this plan, not the one that is set")->type_name("PLAN");
  command
      ->add_option("--older-than", flags->older_than,
                   "Remove records of at least this age, whatever the plan")
      ->type_name("DURATION");
  command->add_option("--max-size", flags->max_size, "Remove the oldest until the ledger takes at most this")
      ->type_name("SIZE");
  command->add_option("--keep-last", flags->keep_last, "Leave the newest N as they are")->type_name("N");
  command->add_flag("--keep-feedback", flags->keep_feedback, "Leave those whose trace has feedback");
  command->add_flag("--keep-shared", flags->keep_shared, "Leave those that a link shows which still works");
  command->add_flag("--dry-run", flags->dry_run, "Remove nothing, print the same numbers");
  command->add_flag("--compact", flags->compact, "Write the file anew without its free room");
  command->add_flag("-q,--quiet", flags->quiet, "Print nothing unless something goes wrong");
  add_format_flags(*command, flags->format, false);
  command->callback([&context, flags] { context.run = [&context, flags] { return run(context, *flags); }; });
}

}  // namespace pk::cmd
