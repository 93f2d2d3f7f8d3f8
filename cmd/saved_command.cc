#include "saved_command.h"

#include <fmt/format.h>

#include <iostream>

#include "cli11.h"
#include "confirm.h"
#include "editor.h"
#include "ledger.h"

namespace pk::cmd {

namespace {

struct RemoveFlags {
  std::vector<std::string> texts;
  bool yes = false;
  bool force = false;
};

// What is sound is printed; what is not is named, and the exit says that there was some.
Result<Exit> list(const Context& context, const SavedCommand& saved, const FormatFlags& flags) {
  PK_ASSIGN(const Listing listing, Listing::prepare(flags, saved.columns));
  return with_ledger(context, Access::read, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    store::SavedList<FactRow> rows;
    if (env) {
      PK_ASSIGN(rows, saved.list(*env));
    }
    PK_TRY(listing.print(rows.entries, context.color));
    for (const std::string& line : rows.damage) complain(line);
    return rows.damage.empty() ? Exit::done : Exit::failed;
  });
}

Result<Exit> show(const Context& context, const SavedCommand& saved, const FormatFlags& flags,
                  const std::string& text) {
  PK_ASSIGN(const Report report, Report::prepare(flags));
  return with_ledger(context, Access::read, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    std::optional<std::vector<Fact>> facts;
    if (env) {
      PK_ASSIGN(facts, saved.show(*env, text));
    }
    if (!facts) return store::not_there(saved.kind, text);
    PK_TRY(report.print(*facts, context.color));
    return Exit::done;
  });
}

Result<void> check_unused(const Context& context, const SavedCommand& saved, const store::Env& env,
                          const RemoveFlags& flags) {
  if (!saved.check_unused) return {};
  return refuse_used(saved.check_unused(context, env, flags.texts), flags.force, "nothing was removed");
}

Result<Exit> remove(const Context& context, const SavedCommand& saved, const RemoveFlags& flags) {
  const std::string what = counted(flags.texts.size(), store::kind_name(saved.kind));
  return with_saved(context, saved.kind, flags.texts[0], [&](store::Env& env) -> Result<Exit> {
    PK_TRY(check_unused(context, saved, env, flags));
    if (!flags.yes && !confirmed("Remove " + what + " for good?")) {
      complain("nothing was removed");
      return Exit::failed;
    }
    PK_ASSIGN(const std::string remark, saved.remove(env, flags.texts));
    std::cerr << "removed " << what << "\n" << remark << (remark.empty() ? "" : "\n");
    return Exit::done;
  });
}

using FindText = std::function<Result<SavedText>(const store::Env& env, const std::string& id)>;

// The ledger is not held open while a person thinks: others may want to compact it.
Result<Exit> edit(std::shared_ptr<store::Env> env, store::SavedKind kind, const std::string& id,
                  const FindText& find) {
  if (!env) return store::not_there(kind, id);
  PK_ASSIGN(const SavedText text, find(*env, id));
  env.reset();
  PK_ASSIGN(const bool changed, edit_text(text.text, text.file_name, text.bytes_max, text.save));
  if (!changed) std::cerr << "nothing was changed\n";
  return Exit::done;
}

}  // namespace

Result<void> refuse_used(Result<void> unused, bool force, std::string_view nothing_done) {
  if (unused) return {};
  Error error = std::move(unused).error();
  if (error.code != Errc::unauthorized) return error;
  if (force) return {};
  error.message += ", or give --force";
  return std::move(error).within(nothing_done);
}

Result<Exit> with_saved(const Context& context, store::SavedKind kind, const std::string& text,
                        const std::function<Result<Exit>(store::Env& env)>& work) {
  return with_ledger(context, Access::change, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    if (!env) return store::not_there(kind, text);
    return work(*env);
  });
}

void add_saved_edit(CLI::App& group, Context& context, store::SavedKind kind, const std::string& help,
                    FindText find) {
  auto id = std::make_shared<std::string>();
  CLI::App* command = group.add_subcommand("edit", help);
  command->add_option("ID", *id, "Its id or name")->required()->type_name("");
  command->callback([&context, kind, id, find = std::move(find)] {
    context.run = [&context, kind, id, find] {
      return with_ledger(context, Access::change, [&](std::shared_ptr<store::Env> env) {
        return edit(std::move(env), kind, *id, find);
      });
    };
  });
}

void add_saved_commands(CLI::App& group, Context& context, const SavedCommand& saved) {
  const std::string name(store::kind_name(saved.kind));
  const std::string argument(saved.argument);

  auto list_flags = std::make_shared<FormatFlags>();
  CLI::App* lister = group.add_subcommand("list", fmt::format("List {}s", name));
  add_format_flags(*lister, *list_flags, true);
  lister->callback([&context, saved, list_flags] {
    context.run = [&context, saved, list_flags] { return list(context, saved, *list_flags); };
  });

  auto show_flags = std::make_shared<FormatFlags>();
  auto text = std::make_shared<std::string>();
  CLI::App* shower = group.add_subcommand("show", fmt::format("Show one {}", name));
  shower->add_option(argument, *text, "Its id or name")->required()->type_name("");
  add_format_flags(*shower, *show_flags, false);
  shower->callback([&context, saved, show_flags, text] {
    context.run = [&context, saved, show_flags, text] { return show(context, saved, *show_flags, *text); };
  });

  auto remove_flags = std::make_shared<RemoveFlags>();
  CLI::App* remover = group.add_subcommand("rm", fmt::format("Remove {}s for good", name));
  remover->add_option("ID", remove_flags->texts, "Their ids or names")->required()->type_name("");
  remover->add_flag("-y,--yes", remove_flags->yes, "Do not ask");
  if (saved.check_unused) remover->add_flag("--force", remove_flags->force, "Also what is still in use");
  remover->callback([&context, saved, remove_flags] {
    context.run = [&context, saved, remove_flags] { return remove(context, saved, *remove_flags); };
  });
}

}  // namespace pk::cmd
