// pk config add and validate.
#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "base/clock.h"
#include "cli11.h"
#include "command.h"
#include "config_rules.h"
#include "input.h"
#include "ledger.h"
#include "log/redact.h"
#include "output.h"
#include "store/saved_configs.h"

namespace pk::cmd {

namespace {

struct Flags {
  std::string name;
  std::string file = "-";
};

// The text, once it is known to be a config.
Result<std::string> read_config_text(const Context& context, const std::string& file) {
  PK_ASSIGN(const SavedConfigRules rules, SavedConfigRules::make(context.settings));
  PK_ASSIGN(std::string json, read_input(file, config::k_config_bytes_max));
  if (Result<void> checked = rules.check(json); !checked)
    return file == "-" ? std::move(checked).error() : std::move(checked).error().within(file);
  return json;
}

Result<Exit> add(const Context& context, const Flags& flags) {
  PK_TRY(store::check_saved_name(store::SavedKind::config, flags.name));
  PK_ASSIGN(const std::string json, read_config_text(context, flags.file));
  return with_ledger(context, Access::create, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    PK_ASSIGN(const store::StoredConfig config,
              store::add_config(*env, flags.name, json, SystemClock().wall_ms()));
    Output out(Output::Paging::never);
    out.write(config.id + "\n");
    PK_TRY(out.finish());
    if (config.version > 1) std::cerr << fmt::format("{} is at version {} now\n", config.id, config.version);
    if (log::redact_json(json) != json)
      complain("the config has a secret in it, which is kept as it is; pk provider add keeps one encrypted");
    return Exit::done;
  });
}

Result<Exit> validate(const Context& context, const std::string& file) {
  PK_TRY(read_config_text(context, file));
  return Exit::done;
}

void add_validate(CLI::App& group, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = group.add_subcommand("validate", "Check a gateway config, and keep nothing");
  command->add_option("FILE", flags->file, "File with its JSON; -, or none: standard input")->type_name("");
  command->callback(
      [&context, flags] { context.run = [&context, flags] { return validate(context, flags->file); }; });
}

}  // namespace

void add_config_add(CLI::App& group, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = group.add_subcommand("add", "Keep a gateway config, or the next version of one");
  command->add_option("NAME", flags->name, "Its name; of one that is there: the next version")
      ->required()
      ->type_name("");
  command->add_option("FILE", flags->file, "File with its JSON; -, or none: standard input")->type_name("");
  command->callback([&context, flags] { context.run = [&context, flags] { return add(context, *flags); }; });
  add_validate(group, context);
}

}  // namespace pk::cmd
