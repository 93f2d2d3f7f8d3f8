// pk logs why: each decision that a request met, worked out again from its record and its config.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "decisions.h"
#include "ledger.h"
#include "miss.h"
#include "output.h"
#include "query/run.h"
#include "report.h"
#include "store/saved_configs.h"
#include "terminal.h"

namespace pk::cmd {

namespace {

using log::LogRecord;

constexpr std::size_t k_gap = 2;
constexpr std::size_t k_option_columns_max = 32;  // longer ones have a line of their own
constexpr std::size_t k_text_columns_least = 30;

struct Flags {
  std::string id;
  FormatFlags format;
};

Error no_log(std::string_view id, std::string_view remark) {
  return {Errc::not_found, fmt::format("no log has the id '{}'{}", visible(id, false), remark)};
}

// A version that is gone or damaged costs the explanation, not the command.
RecordConfig config_of(const store::Env& env, const LogRecord& record) {
  if (record.config_id.empty()) return requested_config(record);
  const auto stored = store::find_config(env, record.config_id, record.config_version);
  if (!stored) return lost_config("its config cannot be read: " + stored.error().message);
  if (!*stored) return lost_config("its config is no longer kept");
  return saved_config((*stored)->json);
}

std::string json_of(const std::vector<Decision>& decisions) {
  std::string json = "[";
  for (const Decision& decision : decisions) {
    if (json.size() > 1) json += ',';
    json +=
        "{\"option\":" + json_string(decision.option) + ",\"decision\":" + json_string(decision.text) + "}";
  }
  return json + "]";
}

std::vector<Fact> facts_of(const LogRecord& record, const RecordConfig& config,
                           const Explanation& explanation) {
  const auto nullable = [](const std::string& text) { return text.empty() ? "null" : json_string(text); };
  return {{"id", json_string(record.id.text()), {}},
          {"config", json_string(slug(config.from)), {}},
          {"config_id", nullable(record.config_id), {}},
          {"config_version", record.config_version ? fmt::format("{}", *record.config_version) : "null", {}},
          {"prompt_id", nullable(record.prompt_id), {}},
          {"prompt_version", record.prompt_version ? fmt::format("{}", *record.prompt_version) : "null", {}},
          {"missing", nullable(explanation.missing), {}},
          {"decisions", json_of(explanation.decisions), {}}};
}

// Two columns, an option once for all that follows of it.
std::string table_of(const std::vector<Decision>& decisions, std::size_t columns, bool color) {
  std::size_t option_columns = 0;
  for (const Decision& decision : decisions)
    option_columns = std::max(option_columns, std::min(display_width(decision.option), k_option_columns_max));
  const std::size_t taken = option_columns + k_gap;
  const std::size_t text_columns = std::max(columns > taken ? columns - taken : 0, k_text_columns_least);
  std::string out;
  std::string_view above;
  for (const Decision& decision : decisions) {
    std::string option = decision.option == above ? std::string() : visible(decision.option, false);
    above = decision.option;
    for (const std::string& line : wrap(visible(decision.text, false), text_columns)) {
      if (display_width(option) > option_columns) {
        out += paint(Color::dim, option, color) + "\n";
        option.clear();
      }
      out += paint(Color::dim, pad(option, taken), color) + line + "\n";
      option.clear();
    }
  }
  return out;
}

std::string page_of(const LogRecord& record, const Explanation& explanation, bool color) {
  std::string out = paint(Color::bold, record.id.text(), color) + "\n";
  const std::size_t columns = terminal_columns();
  if (!explanation.missing.empty())
    for (const std::string& line :
         wrap("Only the attempts are known: " + visible(explanation.missing, false), columns))
      out += paint(Color::yellow, line, color) + "\n";
  return out + "\n" + table_of(explanation.decisions, columns, color);
}

Result<Exit> explain_one(const Context& context, const Report& report, const store::Env& env,
                         const LogRecord& record) {
  const RecordConfig config = config_of(env, record);
  Explanation explanation = explain(record, config);
  if (std::string miss = explain_miss(context.data, record); !miss.empty())
    explanation.decisions.insert(explanation.decisions.begin(), {"cache", std::move(miss)});
  if (!report.is_table()) {
    PK_TRY(report.print(facts_of(record, config, explanation), context.color));
    return Exit::done;
  }
  Output out(Output::Paging::on_terminal);
  out.write(page_of(record, explanation, context.color));
  PK_TRY(out.finish());
  return Exit::done;
}

Result<Exit> run(const Context& context, const Flags& flags) {
  PK_ASSIGN(const Report report, Report::prepare(flags.format));
  return with_ledger(context, Access::read, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    if (!env) return no_log(flags.id, fmt::format(": there is no ledger in {} yet", context.data.string()));
    const store::LogReader reader(env);
    PK_ASSIGN(const Uuid id, query::resolve_id(reader, flags.id));
    PK_ASSIGN(const std::optional<LogRecord> record, reader.get(id));
    if (!record) return no_log(flags.id, "; see pk logs list");
    return explain_one(context, report, *env, *record);
  });
}

}  // namespace

void add_logs_why(CLI::App& logs, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command =
      logs.add_subcommand("why", "Explain why a request went where it went, decision by decision");
  command->add_option("ID", flags->id, "Log id, a part of one, @latest, or @2 for the second newest")
      ->required()
      ->type_name("");
  add_format_flags(*command, flags->format, false);
  command->callback([&context, flags] { context.run = [&context, flags] { return run(context, *flags); }; });
}

}  // namespace pk::cmd
