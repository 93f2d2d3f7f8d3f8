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

// As it was given, if that was laid out; one long line of JSON is laid out first. A partial's every byte
// counts.
std::string for_a_person(const config::SavedPrompt& prompt) {
  const std::string& given = prompt.versions.at(prompt.newest()).text;
  if (prompt.partial) return given;
  std::string text = given;
  if (given.find('\n') == std::string::npos) {
    text.clear();
    append_pretty(text, given, false, 0);
  }
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

Result<Exit> save(const Context& context, const config::SavedPrompt& base, const std::string& text) {
  PK_ASSIGN(const auto env, store::Env::open(context.data, store::Mode::read_write));
  if (Result<void> checked = check_prompt_text(*env, base.id, base.partial, text); !checked)
    return Error{Errc::invalid, std::move(checked).error().message};
  PK_ASSIGN(const store::StoredPrompt next,
            store::follow_prompt(*env, base.id, base.newest(), text, SystemClock().wall_ms()));
  std::cerr << fmt::format("{} is at version {} now\n", next.id, next.version);
  return Exit::done;
}

// The ledger is not held open while a person thinks: others may want to compact it.
Result<Exit> edit(const Context& context, std::shared_ptr<store::Env> env, const std::string& id) {
  if (!env) return store::not_there(store::SavedKind::prompt, id);
  PK_ASSIGN(const auto base, store::find_prompt(*env, id));
  env.reset();
  if (!base) return store::not_there(store::SavedKind::prompt, id);
  const std::string before = for_a_person(*base);
  PK_ASSIGN(Draft draft, Draft::make(before, base->partial ? "partial.txt" : "prompt.json"));
  PK_ASSIGN(const std::string after, draft.edit(config::k_prompt_bytes_max));
  if (after == before) {
    std::cerr << "nothing was changed\n";
    return Exit::done;
  }
  Result<Exit> saved = save(context, *base, after);
  if (saved) return saved;
  Error error = std::move(saved).error();
  error.message += "; your text is in " + draft.keep().string();
  return error;
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
