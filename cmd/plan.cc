// pk plan: how much is kept for how long, and what of it is used.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "command.h"
#include "ledger.h"
#include "report.h"
#include "store/plan.h"
#include "words.h"

namespace pk::cmd {

namespace {

constexpr std::int64_t k_day_ms = 86'400'000;

std::string number_json(std::optional<std::int64_t> value) {
  return value ? fmt::format("{}", *value) : "null";
}

std::optional<std::int64_t> days(std::optional<std::int64_t> ms) {
  return ms ? std::optional(*ms / k_day_ms) : std::nullopt;
}

std::string days_text(std::optional<std::int64_t> ms) {
  return ms ? fmt::format("{} days", *ms / k_day_ms) : "for ever";
}

std::string allowance_text(std::uint64_t allowance, std::uint64_t used) {
  const std::uint64_t left = allowance - std::min(allowance, used);
  return thousands(static_cast<std::int64_t>(allowance)) + " logs a month, " +
         thousands(static_cast<std::int64_t>(left)) + " left";
}

std::string overage_text(std::uint64_t overage, std::uint64_t without_content) {
  std::string text = thousands(static_cast<std::int64_t>(overage)) + " logs";
  if (without_content > 0)
    text += "; " + thousands(static_cast<std::int64_t>(without_content)) + " kept without content";
  return text;
}

std::vector<Fact> facts_of(store::Tier tier, const store::MonthCount& month) {
  const store::PlanTerms& terms = store::terms(tier);
  const store::PlanUse use = store::plan_use(tier, month.logs);
  const auto count = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
  const auto allowance = terms.allowance ? std::optional(count(*terms.allowance)) : std::nullopt;
  std::string overage_usd;
  append_json_number(overage_usd, use.overage_usd);
  return {{"plan", json_string(store::slug(tier)), std::string(store::slug(tier))},
          {"used", number_json(count(use.used)), thousands(count(use.used)) + " logs this month"},
          {"allowance", number_json(allowance),
           terms.allowance ? allowance_text(*terms.allowance, use.used) : "unlimited"},
          {"overage", number_json(count(use.overage)), overage_text(use.overage, month.content_skipped)},
          {"overage_usd", overage_usd, fmt::format("${:.2f}", use.overage_usd), "overage costs"},
          {"retention_days", number_json(days(terms.retention_ms)), days_text(terms.retention_ms),
           "content kept"},
          {"statistics_days", number_json(days(terms.statistics_ms)), days_text(terms.statistics_ms),
           "statistics kept"}};
}

Result<Exit> show(const Context& context, const FormatFlags& flags) {
  PK_ASSIGN(const Report report, Report::prepare(flags));
  return with_ledger(context, Access::read, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    store::Tier tier = store::k_default_tier;
    store::MonthCount month;
    if (env) {
      PK_ASSIGN(tier, store::stored_plan(*env));
      PK_ASSIGN(month, store::month_count(*env, SystemClock().wall_ms()));
    }
    tier = store::tier_of(context.settings.plan).value_or(tier);
    PK_TRY(report.print(facts_of(tier, month), context.color));
    return Exit::done;
  });
}

Result<Exit> set(const Context& context, const std::string& name) {
  const auto tier = store::tier_of(name);
  if (!tier)
    return Error{Errc::invalid,
                 fmt::format("there is no plan '{}'; choose developer, production or enterprise",
                             visible(name, false))};
  return with_ledger(context, Access::create, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    PK_TRY(store::set_stored_plan(*env, *tier));
    if (!context.settings.plan.empty() && context.settings.plan != name)
      complain(fmt::format("stored; but the settings say {}, which counts before what is stored",
                           context.settings.plan));
    return Exit::done;
  });
}

void add_show(CLI::App& command, Context& context) {
  auto flags = std::make_shared<FormatFlags>();
  add_format_flags(command, *flags, false);
  command.callback([&context, &command, flags] {
    if (command.get_subcommands().empty()) context.run = [&context, flags] { return show(context, *flags); };
  });
}

}  // namespace

void add_plan(CLI::App& app, Context& context) {
  CLI::App* plan = app.add_subcommand("plan", "See or set how much is kept for how long");
  plan->require_subcommand(0, 1);
  add_show(*plan, context);
  add_show(*plan->add_subcommand("show", "The plan, what is used of it, what is kept how long"), context);
  auto name = std::make_shared<std::string>();
  CLI::App* setter = plan->add_subcommand("set", "Store the plan in the ledger");
  setter->add_option("PLAN", *name, "developer, production or enterprise")->required()->type_name("");
  setter->callback([&context, name] { context.run = [&context, name] { return set(context, *name); }; });
}

}  // namespace pk::cmd
