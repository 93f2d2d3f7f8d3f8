// pk prompt edit: the newest version in an editor; what it leaves is the next one.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "base/clock.h"
#include "command.h"
#include "editor.h"
#include "ledger.h"
#include "pretty.h"
#include "prompt_check.h"
#include "store/saved_prompts.h"

namespace pk::cmd {

namespace {

// A partial's every byte counts.
std::string for_a_person(const config::SavedPrompt& prompt) {
  const std::string& given = prompt.versions.at(prompt.newest()).text;
  return prompt.partial ? given : laid_out(given);
}

Result<void> save(const Context& context, const config::SavedPrompt& base, const std::string& text) {
  PK_ASSIGN(const auto env, store::Env::open(context.data, store::Mode::read_write));
  if (Result<void> checked = check_prompt_text(*env, base.id, base.partial, text); !checked)
    return Error{Errc::invalid, std::move(checked).error().message};
  PK_ASSIGN(const store::StoredPrompt next,
            store::follow_prompt(*env, base.id, base.newest(), text, SystemClock().wall_ms()));
  std::cerr << fmt::format("{} is at version {} now\n", next.id, next.version);
  return {};
}

// The ledger is not held open while a person thinks: others may want to compact it.
Result<Exit> edit(const Context& context, std::shared_ptr<store::Env> env, const std::string& id) {
  if (!env) return store::not_there(store::SavedKind::prompt, id);
  PK_ASSIGN(const auto base, store::find_prompt(*env, id));
  env.reset();
  if (!base) return store::not_there(store::SavedKind::prompt, id);
  PK_ASSIGN(const bool changed, edit_text(for_a_person(*base), base->partial ? "partial.txt" : "prompt.json",
                                          config::k_prompt_bytes_max, [&](const std::string& after) {
                                            return save(context, *base, after);
                                          }));
  if (!changed) std::cerr << "nothing was changed\n";
  return Exit::done;
}

}  // namespace

void add_prompt_edit(CLI::App& group, Context& context) {
  auto id = std::make_shared<std::string>();
  CLI::App* command =
      group.add_subcommand("edit", "Edit a prompt template; what is saved is its next version");
  command->add_option("ID", *id, "Its id or name")->required()->type_name("");
  command->callback([&context, id] {
    context.run = [&context, id] {
      return with_ledger(context, Access::change,
                         [&](std::shared_ptr<store::Env> env) { return edit(context, std::move(env), *id); });
    };
  });
}

}  // namespace pk::cmd
