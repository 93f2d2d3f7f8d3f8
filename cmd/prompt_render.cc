// pk prompt render: the request that a prompt comes to, sent nowhere.
#include <fmt/format.h>

#include <memory>

#include "base/json.h"
#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "config/json_value.h"
#include "input.h"
#include "ledger.h"
#include "prompt/lookup.h"
#include "prompt/render.h"
#include "prompt_check.h"
#include "report.h"
#include "store/saved_ids.h"

namespace pk::cmd {

namespace {

constexpr std::size_t k_variables_bytes_max = 16'000'000;

struct Flags {
  std::string prompt;
  std::vector<std::string> variables;  // "name=Ann"
  std::string file;
  FormatFlags format;
};

Result<std::string> read_file(const std::string& file) {
  PK_ASSIGN(const std::string text, read_input(file, k_variables_bytes_max));
  const bool good = is_json(text) && config::json_value(text).is_object();
  if (!good) return Error{Errc::invalid, fmt::format("--vars: {} is no JSON object", visible(file, false))};
  return std::string(config::json_value(text).text);
}

// Those of the line go before those of the file: of a name that stands twice the last value counts.
Result<std::string> read_variables(const Flags& flags) {
  std::string json = "{}";
  if (!flags.file.empty()) {
    PK_ASSIGN(json, read_file(flags.file));
  }
  for (const std::string& given : flags.variables) {
    const std::size_t equals = given.find('=');
    if (equals == std::string::npos || equals == 0)
      return Error{Errc::invalid, fmt::format("--var: '{}' is no variable; write one as in name=Ann",
                                              visible(given, false))};
    json.pop_back();
    if (!config::json_members(json + "}").empty()) json += ',';
    append_json_string(json, given.substr(0, equals));
    json += ':';
    append_json_string(json, given.substr(equals + 1));
    json += '}';
  }
  return json;
}

Error error_of(const config::ConfigProblem& problem) {
  return {Errc::invalid, problem.message};
}

Result<std::string> rendered(const config::Saved& saved, const Flags& flags, std::string variables) {
  PK_ASSIGN(const prompt::Found found, prompt::find_prompt(saved, flags.prompt));
  const prompt::ParsedTemplate parsed = prompt::parse_template(found.text);
  if (parsed.problem) return error_of(*parsed.problem);
  const prompt::Call call{std::move(variables), {}};
  prompt::Rendered done = prompt::render(parsed.value, call, prompt::partials_of(saved));
  if (done.problem) return error_of(*done.problem);
  return std::move(done.body);
}

std::vector<Fact> facts_of(std::string_view body) {
  std::vector<Fact> facts;
  for (const config::JsonMember& member : config::json_members(body)) {
    const bool block = member.value.is_object() || member.value.is_array();
    facts.push_back({member.key,
                     std::string(member.value.text),
                     block ? "" : config::json_plain(member.value),
                     {},
                     block});
  }
  return facts;
}

Result<Exit> render(const Context& context, const Flags& flags) {
  PK_ASSIGN(const Report report, Report::prepare(flags.format));
  PK_ASSIGN(std::string variables, read_variables(flags));
  return with_ledger(context, Access::read, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    if (!env) return store::not_there(store::SavedKind::prompt, flags.prompt);
    PK_ASSIGN(const config::Saved saved, saved_prompts(*env));
    PK_ASSIGN(const std::string body, rendered(saved, flags, variables));
    PK_TRY(report.print(facts_of(body), context.color));
    return Exit::done;
  });
}

}  // namespace

void add_prompt_render(CLI::App& group, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = group.add_subcommand("render", "Print the request that a prompt comes to");
  command->add_option("ID[@VERSION]", flags->prompt, "Its id or name")->required()->type_name("");
  command->add_option("--var", flags->variables, "A variable, as a text")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  command->add_option("--vars", flags->file, "File with variables, a JSON object; -: standard input")
      ->type_name("FILE");
  add_format_flags(*command, flags->format, false);
  command->callback(
      [&context, flags] { context.run = [&context, flags] { return render(context, *flags); }; });
}

}  // namespace pk::cmd
