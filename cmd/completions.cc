// pk completions SHELL: the script for that shell on stdout. The scripts ask `pk completions --values KIND`
// for what the ledger has.
#include <memory>

#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "completion_values.h"
#include "completions_text.h"
#include "ledger.h"
#include "output.h"

namespace pk::cmd {

namespace {

struct Flags {
  std::string shell;
  std::string values;  // a kind
  std::string prefix;
};

Result<Exit> print(const std::string& shell) {
  Output out(Output::Paging::never);
  out.write(shell == "bash" ? k_completion_bash : shell == "zsh" ? k_completion_zsh : k_completion_fish);
  PK_TRY(out.finish());
  return Exit::done;
}

// A word a line, and behind a tab what it is.
Result<Exit> print_values(const Context& context, const Flags& flags) {
  guard();
  PK_ASSIGN(const std::vector<Offer> words, offers(context, flags.values, flags.prefix));
  Output out(Output::Paging::never);
  for (const Offer& word : words) out.write(word.word + "\t" + visible(word.about, false) + "\n");
  PK_TRY(out.finish());
  return Exit::done;
}

Result<Exit> run(const Context& context, const Flags& flags) {
  if (!flags.values.empty()) return print_values(context, flags);
  if (flags.shell == "bash" || flags.shell == "zsh" || flags.shell == "fish") return print(flags.shell);
  return Error{Errc::invalid, flags.shell.empty() ? "SHELL is required: bash, zsh or fish"
                                                  : "SHELL: choose bash, zsh or fish"};
}

}  // namespace

void add_completions(CLI::App& app, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand("completions", "Print the completion script of a shell");
  command->add_option("SHELL", flags->shell, "bash, zsh or fish");
  // For the scripts, not for people: not in the help.
  command->add_option("--values", flags->values)->group("");
  command->add_option("--prefix", flags->prefix)->group("");
  command->callback([&context, flags] { context.run = [&context, flags] { return run(context, *flags); }; });
}

}  // namespace pk::cmd
