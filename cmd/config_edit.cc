// pk config edit: the newest version in an editor; what it leaves is the next one.
#include <fmt/format.h>

#include <iostream>

#include "base/clock.h"
#include "command.h"
#include "config_rules.h"
#include "pretty.h"
#include "saved_command.h"
#include "store/saved_configs.h"

namespace pk::cmd {

namespace {

Result<void> save(const Context& context, const store::StoredConfig& base, const std::string& json) {
  PK_ASSIGN(const SavedConfigRules rules, SavedConfigRules::make(context.settings));
  PK_TRY(rules.check(json));
  PK_ASSIGN(const auto env, store::Env::open(context.data, store::Mode::read_write));
  PK_ASSIGN(const store::StoredConfig next, store::follow_config(*env, base, json, SystemClock().wall_ms()));
  std::cerr << fmt::format("{} is at version {} now\n", next.id, next.version);
  return {};
}

}  // namespace

void add_config_edit(CLI::App& group, Context& context) {
  const auto find = [&context](const store::Env& env, const std::string& id) -> Result<SavedText> {
    PK_ASSIGN(const auto base, store::find_config(env, id));
    if (!base) return store::not_there(store::SavedKind::config, id);
    return SavedText{
        laid_out(base->json), "config.json", config::k_config_bytes_max,
        [&context, base = *base](const std::string& after) { return save(context, base, after); }};
  };
  add_saved_edit(group, context, store::SavedKind::config,
                 "Edit a gateway config; what is saved is its next version", find);
}

}  // namespace pk::cmd
