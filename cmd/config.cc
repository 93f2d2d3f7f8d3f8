// pk config: gateway configs, kept in the ledger with all their versions.
#include <fmt/format.h>

#include <optional>

#include "base/clock.h"
#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "saved_command.h"
#include "saved_facts.h"
#include "store/saved_configs.h"
#include "store/saved_defaults.h"

namespace pk::cmd {

namespace {

struct Version {
  std::string id;
  std::optional<std::int64_t> version;
};

// "pc-main-3fa29c@2": names have no @. What follows it and is no version is none that exists.
Version parse_version(const std::string& text) {
  const std::size_t at = text.find('@');
  if (at == std::string::npos) return {text, {}};
  return {text.substr(0, at), parse_int(std::string_view(text).substr(at + 1)).value_or(0)};
}

Result<store::SavedList<FactRow>> list(const store::Env& env) {
  const std::int64_t now_ms = SystemClock().wall_ms();
  return fact_rows(store::list_configs(env),
                   [&](const store::StoredConfig& config) { return facts_of(config, Detail::list, now_ms); });
}

Result<std::optional<std::vector<Fact>>> show(const store::Env& env, const std::string& text) {
  const Version wanted = parse_version(text);
  PK_ASSIGN(const auto config, store::find_config(env, wanted.id, wanted.version));
  if (!config) return std::optional<std::vector<Fact>>{};
  return std::optional(facts_of(*config, Detail::show, SystemClock().wall_ms()));
}

Result<void> check_unused(const Context& context, const store::Env& env, std::span<const std::string> ids) {
  return store::check_no_default(env, store::SavedKind::config, ids, context.settings.default_config);
}

Result<std::string> remove(store::Env& env, std::span<const std::string> ids) {
  PK_TRY(store::remove_configs(env, ids));
  return std::string();
}

}  // namespace

void add_config(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("config", "Keep gateway configs, checked and versioned");
  group->require_subcommand(1, 1);
  add_config_add(*group, context);
  add_saved_commands(
      *group, context,
      {store::SavedKind::config, "ID[@VERSION]", config_columns(), list, show, check_unused, remove});
  add_config_edit(*group, context);
}

}  // namespace pk::cmd
