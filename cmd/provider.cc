// pk provider: providers with their secrets, which are encrypted in the ledger (virtual keys).
#include <memory>

#include "base/clock.h"
#include "cli11.h"
#include "command.h"
#include "saved_command.h"
#include "saved_facts.h"
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

Result<std::string> remove(store::Env& env, std::span<const std::string> ids) {
  PK_TRY(store::remove_virtual_keys(env, ids));
  return std::string();
}

void add_archive(CLI::App& group, Context& context, bool archived) {
  auto ids = std::make_shared<std::vector<std::string>>();
  CLI::App* command =
      archived ? group.add_subcommand("archive", "Put virtual keys out of use; their logs cannot be replayed")
               : group.add_subcommand("unarchive", "Put virtual keys into use again");
  command->add_option("ID", *ids, "Their ids or names")->required()->type_name("");
  command->callback([&context, ids, archived] {
    context.run = [&context, ids, archived] {
      return with_saved(context, store::SavedKind::virtual_key, ids->front(),
                        [&](store::Env& env) -> Result<Exit> {
                          PK_TRY(store::archive_virtual_keys(env, *ids, archived, SystemClock().wall_ms()));
                          return Exit::done;
                        });
    };
  });
}

}  // namespace

void add_provider(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("provider", "Keep providers with their secrets (virtual keys)");
  group->require_subcommand(1, 1);
  add_provider_add(*group, context);
  add_saved_commands(*group, context,
                     {store::SavedKind::virtual_key, "ID", provider_columns(), list, show, {}, remove});
  add_archive(*group, context, true);
  add_archive(*group, context, false);
}

}  // namespace pk::cmd
