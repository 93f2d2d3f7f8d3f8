// pk prompt add.
#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "base/clock.h"
#include "cli11.h"
#include "command.h"
#include "input.h"
#include "ledger.h"
#include "output.h"
#include "prompt_check.h"
#include "store/saved_prompts.h"

namespace pk::cmd {

namespace {

struct Flags {
  std::string name;
  std::string file = "-";
  bool partial = false;
};

// What is no version of anything yet may not be what counts.
Result<std::string> remark(const store::Env& env, const store::StoredPrompt& added) {
  if (added.version == 1) return std::string();
  PK_ASSIGN(const auto prompt, store::find_prompt(env, added.id));
  std::string text = fmt::format("{} is at version {} now", added.id, added.version);
  if (prompt && prompt->published() != added.version)
    text += fmt::format("; version {} is the published one", prompt->published());
  return text + "\n";
}

Result<Exit> add(const Context& context, const Flags& flags) {
  PK_TRY(store::check_saved_name(store::SavedKind::prompt, flags.name));
  PK_ASSIGN(const std::string text, read_input(flags.file, config::k_prompt_bytes_max));
  return with_ledger(context, Access::create, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    if (Result<void> checked = check_prompt_text(*env, flags.name, flags.partial, text); !checked)
      return Error{Errc::invalid, flags.file == "-" ? checked.error().message
                                                    : std::move(checked).error().within(flags.file).message};
    PK_ASSIGN(const store::StoredPrompt prompt,
              store::add_prompt(*env, flags.name, flags.partial, text, SystemClock().wall_ms()));
    Output out(Output::Paging::never);
    out.write(prompt.id + "\n");
    PK_TRY(out.finish());
    PK_ASSIGN(const std::string words, remark(*env, prompt));
    std::cerr << words;
    return Exit::done;
  });
}

}  // namespace

void add_prompt_add(CLI::App& group, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = group.add_subcommand("add", "Keep a prompt template, or the next version of one");
  command->add_option("NAME", flags->name, "Its name; of one that is there: the next version")
      ->required()
      ->type_name("");
  command->add_option("FILE", flags->file, "File with its JSON, or text; -, or none: standard input")
      ->type_name("");
  command->add_flag("--partial", flags->partial, "It is a text that templates take in");
  command->callback([&context, flags] { context.run = [&context, flags] { return add(context, *flags); }; });
}

}  // namespace pk::cmd
