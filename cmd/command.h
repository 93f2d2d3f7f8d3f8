// What every command is given. A command is one file: `add_<name>` registers it with its options; its
// callback only puts the work into `Context::run`, which main calls once settings are known. Lives on the
// main thread.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "config/settings.h"

namespace CLI {
class App;
}

namespace pk::cmd {

// What the process ends with.
enum class Exit {
  done = 0,
  failed = 1,
  usage = 2,
  not_found = 3,
  refused = 4,
  assertion = 5,
  interrupted = 130
};
Exit exit_of(Errc code);

struct Context {
  // From the command line, before settings are read.
  std::vector<std::string_view> words;                     // what is on the command line
  std::string config_file;                                 // --config
  std::vector<std::pair<std::string, std::string>> flags;  // flags that are settings, in the order given
  std::function<Result<Exit>()> run;                       // what the chosen command does

  // Known when `run` is called.
  config::Settings settings;
  config::Sources sources;     // to load them again (SIGHUP)
  std::filesystem::path data;  // folder of the ledger; may not exist
  bool color = false;          // whether stdout takes colours
};

// Registers one flag of the settings table on `command`, collected in context.flags.
void add_setting_flag(CLI::App& command, const config::SettingKey& key, Context& context);

// Registers those flags of the settings table that are not global, as flags of `command`, collected in
// context.flags.
void add_setting_flags(CLI::App& command, Context& context);

// One line for a person on stderr: "pk: …", control characters made visible.
void complain(std::string_view message);

// A command and what registers it.
struct Command {
  std::string_view name;
  void (*add)(CLI::App& parent, Context& context);
};

// Setting up options takes longer than to list logs, so that commands set up what the line may mean: false,
// and `option`, a long one, is not on it, nor is help asked for.
bool may_give(const Context& context, std::string_view option);

// Registers of `commands` those that are a word of the command line; all of them where there is none, or help
// is asked for.
void add_commands(CLI::App& parent, Context& context, std::span<const Command> commands);

void add_serve(CLI::App& app, Context& context);
void add_logs(CLI::App& app, Context& context);
void add_logs_list(CLI::App& logs, Context& context);
void add_logs_show(CLI::App& logs, Context& context);
void add_logs_stats(CLI::App& logs, Context& context);
void add_logs_values(CLI::App& logs, Context& context);
void add_logs_why(CLI::App& logs, Context& context);
void add_logs_share(CLI::App& logs, Context& context);
void add_logs_export(CLI::App& logs, Context& context);
void add_logs_redact(CLI::App& logs, Context& context);
void add_logs_rm(CLI::App& logs, Context& context);
void add_feedback(CLI::App& app, Context& context);
void add_replay(CLI::App& app, Context& context);
void add_prune(CLI::App& app, Context& context);
void add_plan(CLI::App& app, Context& context);
void add_backup(CLI::App& app, Context& context);
void add_doctor(CLI::App& app, Context& context);
void add_import(CLI::App& app, Context& context);
void add_verify(CLI::App& app, Context& context);
void add_config(CLI::App& app, Context& context);
void add_config_add(CLI::App& group, Context& context);  // and validate
void add_config_edit(CLI::App& group, Context& context);
void add_cache(CLI::App& app, Context& context);
void add_prompt(CLI::App& app, Context& context);
void add_prompt_add(CLI::App& group, Context& context);
void add_prompt_edit(CLI::App& group, Context& context);
void add_prompt_render(CLI::App& group, Context& context);
void add_provider(CLI::App& app, Context& context);
void add_provider_add(CLI::App& group, Context& context);  // and edit
void add_key(CLI::App& app, Context& context);
void add_completions(CLI::App& app, Context& context);

}  // namespace pk::cmd
