// pk config: gateway configs, kept in the ledger with all their versions.
#include <fmt/format.h>

#include <optional>

#include "base/clock.h"
#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "saved_command.h"
#include "saved_facts.h"
#include "store/saved_api_keys.h"
#include "store/saved_configs.h"

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

// The id that a text means; "" for what is not there, which the removal tells. A damaged one goes by its id.
Result<std::string> id_of(const store::Env& env, const std::string& text) {
  auto found = store::find_config(env, text);
  if (!found)
    return found.error().code == Errc::corrupt ? Result<std::string>(text) : std::move(found).error();
  return *found ? (*found)->id : std::string();
}

// Defaults: what would have no config then, without anybody's request naming it.
Result<std::vector<std::string>> users(const Context& context, const store::Env& env,
                                       std::span<const std::string> texts) {
  std::vector<std::string> users;
  PK_ASSIGN(const auto keys, store::list_api_keys(env));
  for (const std::string& text : texts) {
    PK_ASSIGN(const std::string id, id_of(env, text));
    if (id.empty()) continue;
    const std::string phrase = fmt::format("{} is the default config of ", id);
    for (const store::StoredApiKey& one : keys.entries)
      if (one.key.default_config == id) users.push_back(phrase + "API key '" + one.key.name + "'");
    if (context.settings.default_config == id) users.push_back(phrase + "the settings (default_config)");
  }
  return users;
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
  add_saved_commands(*group, context,
                     {store::SavedKind::config, "ID[@VERSION]", config_columns(), list, show, users, remove});
  add_config_edit(*group, context);
}

}  // namespace pk::cmd
