// pk plan: how much is kept for how long, and what of it is used.
#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "ledger.h"
#include "plan_facts.h"
#include "report.h"
#include "store/plan.h"

namespace pk::cmd {

namespace {

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
    PK_TRY(report.print(plan_facts(tier, month), context.color));
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
