// pk: parses the command line, loads the settings, runs one command, turns its result into an exit code. The
// only place that catches.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <memory>

#include "cli11.h"
#include "command.h"
#include "terminal.h"

namespace pk::cmd {

namespace {

struct Parsed {
  bool run = false;  // else `exit` is what to end with
  Exit exit = Exit::done;
};

void add_global_flags(CLI::App& app, Context& context) {
  app.add_option("--config", context.config_file, "Settings file")->type_name("FILE");
  for (const config::SettingKey& key : config::setting_keys())
    if (key.global) add_setting_flag(app, key, context);
}

constexpr Command k_commands[] = {
    {"serve", add_serve},   {"logs", add_logs},        {"feedback", add_feedback},
    {"replay", add_replay}, {"stats", add_logs_stats},  // the same as logs stats
    {"prune", add_prune},   {"plan", add_plan},        {"backup", add_backup},
    {"doctor", add_doctor}, {"import", add_import},    {"verify", add_verify},
    {"config", add_config}, {"prompt", add_prompt},    {"provider", add_provider},
    {"key", add_key},       {"cache", add_cache},      {"completions", add_completions}};

// CLI11's help without its marks for defaults and repetition.
class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(34); }
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    const std::string name = Formatter::make_option_name(option, is_positional);
    return name.substr(0, name.find('{'));
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    const bool has_value = option->get_type_size() != 0 && !option->get_type_name().empty();
    return has_value ? " " + option->get_type_name() : "";
  }
};

// "pk logs list": as far as the line named commands.
std::string command_path(const CLI::App& app) {
  std::string path = "pk";
  for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    path += " " + at->get_name();
  }
  return path;
}

// CLI11's words are made one line that says what to do next.
std::string usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  const std::vector<std::string> unknown = app.remaining(true);
  const bool no_command = dynamic_cast<const CLI::RequiredError*>(&error) && !at->get_subcommands({}).empty();
  std::string what = error.what();
  if (!unknown.empty() && (no_command || dynamic_cast<const CLI::ExtrasError*>(&error))) {
    const bool is_flag = unknown[0].size() > 1 && unknown[0][0] == '-';
    what = fmt::format("{} '{}'",
                       is_flag      ? "no option is called"
                       : no_command ? "no command is called"
                                    : "nothing to do with",
                       unknown[0]);
  } else if (no_command) {
    what = "a command is missing";
  } else if (dynamic_cast<const CLI::ArgumentMismatch*>(&error)) {
    what = what.substr(0, what.find(':')) + " wants a value";
  }
  std::ranges::replace(what, '\n', ' ');
  return fmt::format("{}; see {} --help", what, command_path(app));
}

Parsed parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return {.run = true};
  } catch (const CLI::Success& asked) {  // --help, --version
    return {.exit = app.exit(asked) == 0 ? Exit::done : Exit::failed};
  } catch (const CLI::ParseError& error) {
    complain(usage_error(app, error));
    return {.exit = Exit::usage};
  }
}

Result<void> load_settings(Context& context) {
  config::Sources& sources = context.sources;
  sources.flags = context.flags;
  sources.environment = config::process_environment;
  const auto named =
      context.config_file.empty() ? config::process_environment("PK_CONFIG") : context.config_file;
  sources.file = named ? std::filesystem::path(*named) : config::default_config_path();
  sources.file_must_exist = named.has_value();
  PK_ASSIGN(context.settings, config::load(sources));
  context.data = context.settings.data.empty() ? config::default_data_dir()
                                               : std::filesystem::path(context.settings.data);
  if (context.data.empty()) return Error{Errc::invalid, "no data folder: set --data, PK_DATA or HOME"};
  context.color = use_color(context.settings.color);
  return {};
}

Result<Exit> run(Context& context) {
  PK_TRY(load_settings(context));
  return context.run();
}

// EPIPE instead of a signal, so that a closed pipe ends quietly; 130 on SIGINT, as a shell shows it.
void set_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
  action.sa_handler = [](int) { ::_exit(static_cast<int>(Exit::interrupted)); };
  ::sigaction(SIGINT, &action, nullptr);
}

// `app` and `context` live as long as the process.
Exit pk_main(int argc, char** argv, CLI::App& app, Context& context) {
  set_signals();
  app.set_version_flag("--version", "pk " PK_VERSION, "Print the version");
  app.set_help_flag("-h,--help", "Print this help");
  app.fallthrough();  // global flags are taken after the command too
  app.require_subcommand(1, 1);
  app.formatter(std::make_shared<HelpFormatter>());
  context.words.assign(argv + 1, argv + argc);
  add_global_flags(app, context);
  add_commands(app, context, k_commands);
  if (const Parsed parsed = parse(app, argc, argv); !parsed.run) return parsed.exit;
  const Result<Exit> done = run(context);
  if (done) return *done;
  complain(done.error().message);
  return exit_of(done.error().code);
}

}  // namespace

}  // namespace pk::cmd

int main(int argc, char** argv) {
  pk::cmd::Exit exit = pk::cmd::Exit::failed;
  CLI::App app{"A local LLM gateway, and a ledger of every request that passed", "pk"};
  pk::cmd::Context context;
  try {
    exit = pk::cmd::pk_main(argc, argv, app, context);
  } catch (const std::exception& error) {
    pk::cmd::complain(error.what());
  }
  // What a command opened it has closed. The rest is memory, which the system takes back faster than
  // destructors do.
  std::fflush(nullptr);
  ::_exit(static_cast<int>(exit));
}
