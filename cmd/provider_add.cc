// pk provider add and edit.
#include <fmt/format.h>

#include <memory>

#include "base/clock.h"
#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "config/provider_options.h"
#include "config_rules.h"
#include "input.h"
#include "ledger.h"
#include "output.h"
#include "provider_check.h"
#include "saved_command.h"
#include "store/saved_virtual_keys.h"

namespace pk::cmd {

namespace {

struct Flags {
  std::string name;  // or id, of edit
  std::optional<std::string> provider;
  std::optional<std::string> custom_host;
  std::optional<std::string> secret_file;
  std::vector<std::string> options;  // "aws_region=eu-central-1"
};

// An option's value; "@FILE" stands for what the file holds.
Result<std::string> option_value(std::string_view given) {
  if (!given.starts_with('@')) return std::string(given);
  const std::string file(given.substr(1));
  if (file.empty()) return Error{Errc::invalid, "--option: name a file after the @"};
  PK_ASSIGN(const std::string text, read_input(file, store::k_virtual_key_bytes_max));
  return std::string(trim(text));
}

Result<std::pair<std::string, std::string>> read_option(const std::string& given,
                                                        const config::TrustedHosts& trusted) {
  const std::size_t equals = given.find('=');
  const std::string spelling = given.substr(0, equals);
  const std::string name = config::provider_option_name(spelling);
  if (equals == std::string::npos || name.empty())
    return Error{Errc::invalid,
                 fmt::format("--option: '{}' is no option; write one as in aws_region=eu-central-1",
                             visible(spelling, false))};
  PK_ASSIGN(std::string value, option_value(std::string_view(given).substr(equals + 1)));
  if (!value.empty() && config::is_host_option(name)) PK_TRY(config::check_custom_host(value, trusted));
  return std::pair(name, std::move(value));
}

// All that the line says but the secret.
Result<store::VirtualKeyChange> read_change(const Context& context, const Flags& flags) {
  store::VirtualKeyChange change;
  if (flags.provider) {
    if (auto checked = check_provider(*flags.provider); !checked)
      return std::move(checked).error().within("--provider");
    change.provider = *flags.provider;
  }
  PK_ASSIGN(const SavedConfigRules rules, SavedConfigRules::make(context.settings));
  if (flags.custom_host && !flags.custom_host->empty())
    if (auto checked = config::check_custom_host(*flags.custom_host, rules.trusted_hosts()); !checked)
      return std::move(checked).error().within("--custom-host");
  change.custom_host = flags.custom_host;
  for (const std::string& given : flags.options) {
    PK_ASSIGN(change.options.emplace_back(), read_option(given, rules.trusted_hosts()));
  }
  return change;
}

// What is piped in or named is kept whether it is needed or not; a terminal is asked where it may be.
Result<void> add_secret(const Flags& flags, store::VirtualKeyChange& change) {
  const WantedSecret want = wanted_secret(change);
  if (want == WantedSecret::none && !flags.secret_file && !stdin_is_given()) return {};
  const std::string_view may = want == WantedSecret::needed ? "" : " (it may have none)";
  PK_ASSIGN(config::Secret secret,
            read_secret(flags.secret_file, fmt::format("Secret of {}{}: ", *change.provider, may)));
  if (want == WantedSecret::needed && secret.empty())
    return Error{
        Errc::invalid,
        fmt::format("{} needs a secret: give it on standard input, or with --secret-file", *change.provider)};
  if (!secret.empty()) change.secret = std::move(secret);
  return {};
}

Result<Exit> add(const Context& context, const Flags& flags) {
  PK_TRY(store::check_saved_name(store::SavedKind::virtual_key, flags.name));
  PK_ASSIGN(store::VirtualKeyChange key, read_change(context, flags));
  PK_TRY(add_secret(flags, key));
  return with_ledger(context, Access::create, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    PK_ASSIGN(const auto id, store::add_virtual_key(*env, flags.name, key, SystemClock().wall_ms()));
    if (!id) {
      complain(fmt::format("there is a virtual key '{}' already; pk provider edit changes it", flags.name));
      return Exit::failed;
    }
    Output out(Output::Paging::never);
    out.write(*id + "\n");
    PK_TRY(out.finish());
    return Exit::done;
  });
}

Result<Exit> edit(const Context& context, const Flags& flags) {
  PK_ASSIGN(store::VirtualKeyChange change, read_change(context, flags));
  if (flags.secret_file) {
    PK_ASSIGN(change.secret, read_secret(flags.secret_file, "New secret: "));
    if (change.secret->empty()) return Error{Errc::invalid, "the new secret is empty; nothing was changed"};
  }
  if (!change.provider && !change.custom_host && !change.secret && change.options.empty())
    return Error{Errc::invalid,
                 "nothing to change; give --provider, --custom-host, --secret-file or --option"};
  return with_saved(context, store::SavedKind::virtual_key, flags.name, [&](store::Env& env) -> Result<Exit> {
    PK_TRY(store::edit_virtual_key(env, flags.name, change, SystemClock().wall_ms()));
    return Exit::done;
  });
}

// CLI11 takes no empty value for an optional: --custom-host "" takes the host away.
void add_text(CLI::App& command, const std::string& flag, std::optional<std::string>& value,
              const std::string& type, const std::string& help) {
  command
      .add_option_function<std::string>(
          flag, [&value](const std::string& given) { value = given; }, help)
      ->type_name(type);
}

CLI::App* add_flags(CLI::App& command, Flags& flags) {
  add_text(command, "--provider", flags.provider, "SLUG", "The provider: openai, anthropic …");
  add_text(command, "--custom-host", flags.custom_host, "URL", "Where it is, if not at its usual place");
  add_text(command, "--secret-file", flags.secret_file, "FILE", "File with the secret; -: standard input");
  command
      .add_option("--option", flags.options, "What the provider needs besides: aws_region=…; @FILE reads one")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  return &command;
}

}  // namespace

void add_provider_add(CLI::App& group, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* adder = group.add_subcommand("add", "Keep a provider and its secret, read from standard input");
  adder->add_option("NAME", flags->name, "Its name; requests may call it @NAME")->required()->type_name("");
  add_flags(*adder, *flags)->get_option("--provider")->required();
  adder->callback([&context, flags] { context.run = [&context, flags] { return add(context, *flags); }; });

  auto edit_flags = std::make_shared<Flags>();
  CLI::App* editor = group.add_subcommand("edit", "Change a provider or its secret");
  editor->add_option("ID", edit_flags->name, "Its id or name")->required()->type_name("");
  add_flags(*editor, *edit_flags);
  editor->callback([&context, edit_flags] {
    context.run = [&context, edit_flags] { return edit(context, *edit_flags); };
  });
}

}  // namespace pk::cmd
