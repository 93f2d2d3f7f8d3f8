// pk provider: providers with their secrets, which are encrypted in the ledger (virtual keys).
#include <memory>

#include "base/clock.h"
#include "cli11.h"
#include "command.h"
#include "saved_command.h"
#include "saved_facts.h"
#include "store/saved_defaults.h"
#include "store/saved_virtual_keys.h"

namespace pk::cmd {

namespace {

Result<store::SavedList<FactRow>> list(const store::Env& env) {
  const std::int64_t now_ms = SystemClock().wall_ms();
  return fact_rows(store::list_virtual_keys(env),
                   [&](const store::StoredVirtualKey& key) { return facts_of(key, Detail::list, now_ms); });
}

Result<std::optional<std::vector<Fact>>> show(const store::Env& env, const std::string& text) {
  PK_ASSIGN(const auto key, store::find_virtual_key(env, text));
  if (!key) return std::optional<std::vector<Fact>>{};
  return std::optional(facts_of(*key, Detail::show, SystemClock().wall_ms()));
}

Result<void> check_unused(const Context&, const store::Env& env, std::span<const std::string> ids) {
  return store::check_no_default(env, store::SavedKind::virtual_key, ids);
}

Result<std::string> remove(store::Env& env, std::span<const std::string> ids) {
  PK_TRY(store::remove_virtual_keys(env, ids));
  return std::string();
}

struct ArchiveFlags {
  std::vector<std::string> ids;
  bool archived = true;
  bool force = false;
};

Result<Exit> archive(const Context& context, const ArchiveFlags& flags) {
  return with_saved(
      context, store::SavedKind::virtual_key, flags.ids[0], [&](store::Env& env) -> Result<Exit> {
        if (flags.archived)
          PK_TRY(refuse_used(check_unused(context, env, flags.ids), flags.force, "nothing was archived"));
        PK_TRY(store::archive_virtual_keys(env, flags.ids, flags.archived, SystemClock().wall_ms()));
        return Exit::done;
      });
}

void add_archive(CLI::App& group, Context& context, bool archived) {
  auto flags = std::make_shared<ArchiveFlags>();
  flags->archived = archived;
  CLI::App* command =
      archived ? group.add_subcommand("archive", "Put virtual keys out of use; their logs cannot be replayed")
               : group.add_subcommand("unarchive", "Put virtual keys into use again");
  command->add_option("ID", flags->ids, "Their ids or names")->required()->type_name("");
  if (archived) command->add_flag("--force", flags->force, "Also what is still in use");
  command->callback(
      [&context, flags] { context.run = [&context, flags] { return archive(context, *flags); }; });
}

}  // namespace

void add_provider(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("provider", "Keep providers with their secrets (virtual keys)");
  group->require_subcommand(1, 1);
  add_provider_add(*group, context);
  add_saved_commands(
      *group, context,
      {store::SavedKind::virtual_key, "ID", provider_columns(), list, show, check_unused, remove});
  add_archive(*group, context, true);
  add_archive(*group, context, false);
}

}  // namespace pk::cmd
