// pk logs redact: takes texts out of the ledger and of the cache for good.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "base/text.h"
#include "cached_answers.h"
#include "cli11.h"
#include "command.h"
#include "config/text_pattern.h"
#include "confirm.h"
#include "ledger.h"
#include "progress.h"
#include "report.h"
#include "store/reader.h"
#include "store/redact.h"
#include "words.h"

namespace pk::cmd {

namespace {

struct Flags {
  std::string pattern;
  std::string user;
  bool dry_run = false;
  bool yes = false;
  FormatFlags format;
};

struct Receipt {
  store::RedactReport ledger;
  std::uint64_t cached = 0;
  bool cache_is_local = true;
};

Result<store::RedactRules> read_rules(const Flags& flags) {
  if (flags.pattern.empty() && flags.user.empty())
    return Error{Errc::invalid, "say what is to go: --pattern RE, --user NAME, or both"};
  store::RedactRules rules;
  rules.user = flags.user;
  if (flags.pattern.empty()) return rules;
  auto pattern = config::TextPattern::compile(flags.pattern);
  if (!pattern)
    return std::move(pattern).error().within(
        fmt::format("--pattern: '{}' is not possible", visible(flags.pattern, false)));
  rules.find = [found = *std::move(pattern)](std::string_view text, std::size_t from) {
    return found.find(text, from);
  };
  return rules;
}

std::string question(const Flags& flags) {
  const std::string whose = flags.user.empty() ? "" : " of user " + visible(flags.user, false);
  if (flags.pattern.empty()) return fmt::format("Take all texts out of the logs{} for good?", whose);
  return fmt::format("Take what matches '{}' out of the logs{} for good?", visible(flags.pattern, false),
                     whose.empty() ? "" : whose);
}

Fact count_fact(std::string name, std::uint64_t count, std::string_view label = {}) {
  return {std::move(name), fmt::format("{}", count), thousands(static_cast<std::int64_t>(count)), label};
}

std::vector<Fact> facts_of(const Receipt& receipt) {
  const store::RedactReport& ledger = receipt.ledger;
  std::vector<Fact> facts = {count_fact("logs", ledger.logs),
                             count_fact("fields", ledger.places.fields),
                             count_fact("metadata", ledger.places.metadata),
                             count_fact("headers", ledger.places.headers),
                             count_fact("bodies", ledger.places.bodies),
                             count_fact("contents", ledger.contents, "whole bodies"),
                             count_fact("feedback", ledger.feedback),
                             count_fact("cached", receipt.cached, "cached answers"),
                             count_fact("damaged", ledger.damaged, "not readable"),
                             count_fact("open", ledger.open, "on their way")};
  return facts;
}

// Of a user alone what is cached is known by the logs that made it.
Result<void> redact_cache(const Context& context, const store::RedactRules& rules,
                          const std::vector<Uuid>& logs, bool dry_run, Receipt& receipt) {
  PK_ASSIGN(const auto answers, CachedAnswers::open(context));
  receipt.cache_is_local = answers->is_local();
  const bool by_text = rules.find && rules.user.empty();
  const log::FindText nothing = [](std::string_view, std::size_t) {
    return std::optional<std::pair<std::size_t, std::size_t>>();
  };
  auto removed = answers->remove_texts(by_text ? *rules.find : nothing, logs, dry_run);
  if (!removed) return std::move(removed).error().within("the ledger is redacted, the cache is not");
  receipt.cached = *removed;
  return {};
}

// What the numbers do not say.
void say_what_is_left(const Receipt& receipt, bool dry_run) {
  const auto say = [](std::string_view line) { std::cerr << line << "\n"; };
  if (receipt.ledger.open > 0)
    say(fmt::format("{} on their way, which were not looked at; redact again once they have ended",
                    counted(receipt.ledger.open, "request")));
  if (receipt.ledger.damaged > 0)
    say("records that are damaged were left as they are; pk verify names them, pk logs rm removes them");
  if (!receipt.cache_is_local)
    say("in Redis the answers of these logs were removed; those of logs that are gone were not looked "
        "into: pk cache clear removes all");
  if (!dry_run && receipt.ledger.logs + receipt.cached > 0)
    say("the freed pages of the files are used again; pk prune --compact writes them over now, those of the "
        "cache once no server runs. Backups and exports are not redacted");
}

Result<Exit> redact(const Context& context, const Flags& flags, const store::RedactRules& rules,
                    const Report& report, const std::shared_ptr<store::Env>& env) {
  if (!flags.dry_run && !flags.yes && !confirmed(question(flags))) {
    complain("nothing was redacted");
    return Exit::failed;
  }
  Receipt receipt;
  std::vector<Uuid> logs;
  if (env) {
    PK_ASSIGN(const std::uint64_t total, store::LogReader(env).count());
    Progress progress("logs looked at", total);
    store::RedactWatch watch;
    watch.redacted = [&](const Uuid& id) { logs.push_back(id); };
    watch.go_on = [&](const store::RedactReport& so_far) {
      progress.at(so_far.looked_at);
      return true;
    };
    PK_ASSIGN(receipt.ledger, store::redact(env, rules, flags.dry_run, watch));
  }
  std::ranges::sort(logs);
  PK_TRY(redact_cache(context, rules, logs, flags.dry_run, receipt));
  PK_TRY(report.print(facts_of(receipt), context.color));
  say_what_is_left(receipt, flags.dry_run);
  return receipt.ledger.damaged == 0 ? Exit::done : Exit::failed;
}

Result<Exit> run(const Context& context, const Flags& flags) {
  PK_ASSIGN(const store::RedactRules rules, read_rules(flags));
  PK_ASSIGN(const Report report, Report::prepare(flags.format));
  const Access access = flags.dry_run ? Access::read : Access::change;
  return with_ledger(context, access, [&](const std::shared_ptr<store::Env>& env) {
    return redact(context, flags, rules, report, env);
  });
}

}  // namespace

void add_logs_redact(CLI::App& logs, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = logs.add_subcommand("redact", "Take texts out of logs and cache for good");
  command->add_option("--pattern", flags->pattern, "What matches this regular expression")->type_name("RE");
  command->add_option("--user", flags->user, "Only in this user's logs; alone, all that they say")
      ->type_name("NAME");
  command->add_flag("--dry-run", flags->dry_run, "Change nothing, print the same numbers");
  command->add_flag("-y,--yes", flags->yes, "Do not ask");
  add_format_flags(*command, flags->format, false);
  command->callback([&context, flags] { context.run = [&context, flags] { return run(context, *flags); }; });
}

}  // namespace pk::cmd
