// pk logs show: records whole.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "jq_filter.h"
#include "ledger.h"
#include "log/joined.h"
#include "output.h"
#include "pretty.h"
#include "query/run.h"
#include "record_config.h"
#include "rows.h"
#include "share/file.h"
#include "share/record_json.h"
#include "terminal.h"
#include "view.h"

namespace pk::cmd {

namespace {

using log::LogRecord;

struct Flags {
  std::vector<std::string> ids;
  bool request = false;
  bool response = false;
  bool raw = false;
  FormatFlags format;

  bool one_side() const { return request || response; }
  log::BodyForm bodies() const { return raw ? log::BodyForm::raw : log::BodyForm::joined; }
};

// A page of pk logs share, or a record as JSON.
Result<LogRecord> read_file(const std::string& name) {
  PK_ASSIGN(const share::SharedLog shared, share::read_shared(name));
  auto record = share::read_record(shared.json);
  if (!record) return std::move(record).error().within(name);
  if (shared.changed) complain(name + " is not as pk wrote it: it was changed since");
  return record;
}

Result<LogRecord> read_one(const std::shared_ptr<store::Env>& env, const std::string& text) {
  if (share::names_file(text)) return read_file(text);
  if (!env)
    return Error{Errc::not_found,
                 fmt::format("no log has the id '{}': there is no ledger yet", visible(text, false))};
  const store::LogReader reader(env);
  PK_ASSIGN(const Uuid id, query::resolve_id(reader, text));
  PK_ASSIGN(std::optional<LogRecord> record, reader.get(id));
  if (record) return *std::move(record);
  return Error{Errc::not_found,
               fmt::format("no log has the id '{}'; see pk logs list", visible(text, false))};
}

Result<std::vector<LogRecord>> read(const std::shared_ptr<store::Env>& env, const Flags& flags) {
  std::vector<LogRecord> records;
  for (const std::string& text : flags.ids) {
    PK_ASSIGN(records.emplace_back(), read_one(env, text));
  }
  return records;
}

Error no_content(const LogRecord& record, std::string_view side) {
  return {Errc::not_found,
          fmt::format("log {} has no {} body: {}", record.id.text(), side, why_no_content(record))};
}

// The bodies alone: as they are into a pipe, where a second one begins a line; laid out on a terminal.
Result<void> append_bodies(std::string& out, const LogRecord& record, const Flags& flags,
                           const ViewStyle& style) {
  const auto one = [&](const log::kind::content& content, std::string_view side) -> Result<void> {
    if (!content) return no_content(record, side);
    if (!out.empty() && !out.ends_with('\n')) out += '\n';
    if (stdout_is_terminal()) {
      append_body(out, *content, style, 0);
    } else if (flags.raw || !log::is_event_stream(*content)) {
      out += content->body;
    } else {
      out += log::joined_message(content->body).value_or(content->body);
    }
    return {};
  };
  if (flags.request) PK_TRY(one(record.request, "request"));
  if (flags.response) PK_TRY(one(record.response, "response"));
  return {};
}

log::FieldSet fields_of(const Flags& flags, const FormatChoice& choice) {
  if (choice.fields) return *choice.fields;
  std::vector<log::Field> sides;
  if (flags.request) sides.push_back(log::Field::request);
  if (flags.response) sides.push_back(log::Field::response);
  return sides.empty() ? log::FieldSet::all() : log::FieldSet(std::move(sides));
}

// One object; of several records an array of them.
std::string as_json(const std::vector<LogRecord>& records, const log::FieldSet& fields,
                    log::BodyForm bodies) {
  std::string json;
  for (const LogRecord& record : records) {
    if (records.size() > 1) json += json.empty() ? "[" : ",\n";
    log::append_json(json, record, fields, bodies);
  }
  return json + (records.size() > 1 ? "]\n" : "\n");
}

Result<std::string> as_text(const std::vector<LogRecord>& records, const Flags& flags,
                            const FormatChoice& choice, bool color) {
  const bool terminal = stdout_is_terminal();
  std::string out;
  if (choice.format == Format::table) {
    const ViewStyle style{color, flags.bodies(), SystemClock().wall_ms(), terminal_columns()};
    for (const LogRecord& record : records) {
      if (!out.empty()) out += "\n";
      if (flags.one_side())
        PK_TRY(append_bodies(out, record, flags, style));
      else
        append_view(out, record, style);
    }
  } else if (choice.format == Format::json) {
    const std::string json = as_json(records, fields_of(flags, choice), flags.bodies());
    if (terminal)
      append_pretty(out, trim(json), color, 0);
    else
      out = json;
  } else {
    const auto writer =
        make_row_writer(choice.format, fields_of(flags, choice), {terminal, color, terminal_columns(), 0});
    for (const LogRecord& record : records) writer->row(out, record);
    writer->end(out);
  }
  return out;
}

Result<Exit> show(const Context& context, const Flags& flags, const FormatChoice& choice,
                  std::optional<Jq>& jq, const std::vector<LogRecord>& records) {
  Output out(Output::Paging::on_terminal);
  if (jq) {
    std::string filtered;
    PK_TRY(jq->run(as_json(records, fields_of(flags, choice), flags.bodies()), filtered));
    out.write(stdout_is_terminal() ? visible(filtered, true) : filtered);
  } else {
    PK_ASSIGN(const std::string text, as_text(records, flags, choice, context.color));
    out.write(text);
  }
  PK_TRY(out.finish());
  return Exit::done;
}

Result<Exit> run(const Context& context, const Flags& flags) {
  // A body alone goes into a pipe as it is, unless a form was asked for.
  const Format piped = flags.one_side() ? Format::table : Format::json;
  PK_ASSIGN(const FormatChoice choice, choose_format(flags.format, Format::table, piped));
  std::optional<Jq> jq;
  if (!flags.format.jq.empty()) {
    PK_ASSIGN(jq, Jq::compile(flags.format.jq));
  }
  // Files alone need no ledger, and none that is well.
  if (std::ranges::all_of(flags.ids, share::names_file)) {
    PK_ASSIGN(const std::vector<LogRecord> records, read(nullptr, flags));
    return show(context, flags, choice, jq, records);
  }
  return with_ledger(context, Access::read, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    PK_ASSIGN(const std::vector<LogRecord> records, read(env, flags));
    return show(context, flags, choice, jq, records);
  });
}

}  // namespace

void add_logs_show(CLI::App& logs, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command =
      logs.add_subcommand("show", "Show log records whole, with their attempts, request and response");
  command->add_option("ID", flags->ids, "Log id, a part of one, @latest, @2 …, or a FILE of pk logs share")
      ->required()
      ->type_name("");
  command->add_flag("--request", flags->request, "The request's body alone");
  command->add_flag("--response", flags->response, "The response's body alone");
  command->add_flag("--raw", flags->raw, "Bodies as they were received: a stream as its events");
  add_format_flags(*command, flags->format, true);
  command->callback([&context, flags] { context.run = [&context, flags] { return run(context, *flags); }; });
}

}  // namespace pk::cmd
