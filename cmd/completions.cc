// pk completions SHELL: the script for that shell on stdout.
#include <CLI/CLI.hpp>

#include <memory>

#include "command.h"
#include "completions_text.h"
#include "output.h"

namespace pk::cmd {

namespace {

Result<Exit> print(const std::string& shell) {
  Output out(Output::Paging::never);
  out.write(shell == "bash" ? k_completion_bash : shell == "zsh" ? k_completion_zsh : k_completion_fish);
  PK_TRY(out.finish());
  return Exit::done;
}

}  // namespace

void add_completions(CLI::App& app, Context& context) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completions", "Print the completion script of a shell");
  command->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check([](const std::string& given) {
    return given == "bash" || given == "zsh" || given == "fish" ? "" : "choose bash, zsh or fish";
  });
  command->callback([&context, shell] { context.run = [shell] { return print(*shell); }; });
}

}  // namespace pk::cmd
