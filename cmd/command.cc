#include "command.h"

#include <unistd.h>

#include <algorithm>

#include "base/text.h"
#include "cli11.h"

namespace pk::cmd {

namespace {

// With -h among other letters of one word too. Where nobody said what is on the line, all is shown.
bool asks_for_help(const Context& context) {
  return context.words.empty() || std::ranges::any_of(context.words, [](std::string_view word) {
           const bool letters = word.starts_with('-') && !word.starts_with("--");
           return word == "--help" || (letters && word.find('h') != word.npos);
         });
}

}  // namespace

Exit exit_of(Errc code) {
  switch (code) {
    case Errc::invalid:
      return Exit::usage;
    case Errc::not_found:
      return Exit::not_found;
    case Errc::unauthorized:
      return Exit::refused;
    case Errc::cancelled:
      return Exit::interrupted;
    default:
      return Exit::failed;
  }
}

void add_setting_flag(CLI::App& command, const config::SettingKey& key, Context& context) {
  const std::string flag(key.flag);
  std::string help(key.help);
  if (help[0] >= 'a' && help[0] <= 'z') help[0] = static_cast<char>(help[0] - 32);
  const auto collect = [&context, flag](const std::vector<std::string>& values) {
    for (const std::string& value : values) context.flags.emplace_back(flag, value);
  };
  if (key.argument.empty()) {
    command.add_flag(
        flag, [&context, flag](std::int64_t) { context.flags.emplace_back(flag, ""); }, help);
    return;
  }
  CLI::Option* option = command.add_option_function<std::vector<std::string>>(flag, collect, help);
  option->type_name(std::string(key.argument))->allow_extra_args(false);
  if (!key.repeatable) option->expected(1)->take_last();
}

void add_setting_flags(CLI::App& command, Context& context) {
  for (const config::SettingKey& key : config::setting_keys())
    if (!key.global) add_setting_flag(command, key, context);
}

bool may_give(const Context& context, std::string_view option) {
  return asks_for_help(context) || std::ranges::any_of(context.words, [&](std::string_view word) {
           return word.starts_with(option) && (word.size() == option.size() || word[option.size()] == '=');
         });
}

void add_commands(CLI::App& parent, Context& context, std::span<const Command> commands) {
  const auto has = [&](std::string_view word) { return std::ranges::count(context.words, word) != 0; };
  const bool all = asks_for_help(context) ||
                   std::ranges::none_of(commands, [&](const Command& command) { return has(command.name); });
  for (const Command& command : commands)
    if (all || has(command.name)) command.add(parent, context);
}

void complain(std::string_view message) {
  std::string line = "pk: " + visible(message, false) + "\n";
  const ssize_t ignored = ::write(STDERR_FILENO, line.data(), line.size());
  static_cast<void>(ignored);  // nowhere left to say it
}

}  // namespace pk::cmd
