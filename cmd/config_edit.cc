// pk config edit: the newest version in an editor; what it leaves is the next one.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "base/clock.h"
#include "command.h"
#include "config_rules.h"
#include "editor.h"
#include "ledger.h"
#include "pretty.h"
#include "store/saved_configs.h"

namespace pk::cmd {

namespace {

Result<store::StoredConfig> find(const store::Env& env, const std::string& id) {
  PK_ASSIGN(auto config, store::find_config(env, id));
  if (!config) return store::not_there(store::SavedKind::config, id);
  return *std::move(config);
}

Result<void> save(const Context& context, const store::StoredConfig& base, const std::string& json) {
  PK_ASSIGN(const SavedConfigRules rules, SavedConfigRules::make(context.settings));
  PK_TRY(rules.check(json));
  PK_ASSIGN(const auto env, store::Env::open(context.data, store::Mode::read_write));
  PK_ASSIGN(const store::StoredConfig next, store::follow_config(*env, base, json, SystemClock().wall_ms()));
  std::cerr << fmt::format("{} is at version {} now\n", next.id, next.version);
  return {};
}

// The ledger is not held open while a person thinks: others may want to compact it.
Result<Exit> edit(const Context& context, std::shared_ptr<store::Env> env, const std::string& id) {
  if (!env) return store::not_there(store::SavedKind::config, id);
  PK_ASSIGN(const store::StoredConfig base, find(*env, id));
  env.reset();
  PK_ASSIGN(const bool changed,
            edit_text(laid_out(base.json), "config.json", config::k_config_bytes_max,
                      [&](const std::string& after) { return save(context, base, after); }));
  if (!changed) std::cerr << "nothing was changed\n";
  return Exit::done;
}

}  // namespace

void add_config_edit(CLI::App& group, Context& context) {
  auto id = std::make_shared<std::string>();
  CLI::App* command =
      group.add_subcommand("edit", "Edit a gateway config; what is saved is its next version");
  command->add_option("ID", *id, "Its id or name")->required()->type_name("");
  command->callback([&context, id] {
    context.run = [&context, id] {
      return with_ledger(context, Access::change,
                         [&](std::shared_ptr<store::Env> env) { return edit(context, std::move(env), *id); });
    };
  });
}

}  // namespace pk::cmd
