// pk logs export: whole records to a file, which a later run goes on with.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "export_file.h"
#include "filter_flags.h"
#include "jq_filter.h"
#include "ledger.h"
#include "progress.h"
#include "query/export.h"
#include "rows.h"
#include "terminal.h"
#include "words.h"

namespace pk::cmd {

namespace {

struct Flags {
  std::string file;
  FilterFlags filter;
  bool resume = false;
  bool over = false;
  FormatFlags format;
};

// What the flags mean.
struct Plan {
  query::Filter filter;
  ExportForm form = ExportForm::jsonl;
  log::FieldSet fields = log::FieldSet::all();
  std::optional<Jq> jq;
  ExportFile::Open open = ExportFile::Open::fresh;
  bool to_terminal = false;
};

Result<void> check_resume(const Flags& flags, const Plan& plan) {
  if (flags.over) return Error{Errc::invalid, "--resume and -f contradict each other; leave one out"};
  if (flags.file.empty() || flags.file == "-")
    return Error{Errc::invalid, "--resume goes on with a file; name it"};
  if (plan.jq) return Error{Errc::invalid, "--resume wants whole records; leave out --jq"};
  if (plan.fields.fields().front() != log::Field::id)
    return Error{Errc::invalid, "--resume knows records by their id; put id first in --json="};
  return {};
}

Result<Plan> make_plan(const Flags& flags) {
  Plan plan;
  PK_ASSIGN(plan.filter, read_filter(flags.filter, {}, SystemClock().wall_ms()));
  FormatFlags format = flags.format;
  if (format.output.empty()) format.output = "jsonl";
  PK_ASSIGN(FormatChoice choice, choose_format(format, Format::jsonl, Format::jsonl));
  if (choice.format != Format::jsonl && choice.format != Format::csv)
    return Error{Errc::invalid,
                 fmt::format("--output: an export is jsonl or csv, not {}", flags.format.output)};
  plan.form = choice.format == Format::csv ? ExportForm::csv : ExportForm::jsonl;
  if (choice.fields) plan.fields = *std::move(choice.fields);
  if (!format.jq.empty()) {
    PK_ASSIGN(plan.jq, Jq::compile(format.jq));
  }
  if (flags.resume) PK_TRY(check_resume(flags, plan));
  if (flags.resume || flags.over)
    plan.open = flags.resume ? ExportFile::Open::resume : ExportFile::Open::over;
  plan.to_terminal = (flags.file.empty() || flags.file == "-") && stdout_is_terminal();
  return plan;
}

// Writes records out, for each thread by a writer of its own.
class Rows {
 public:
  Rows(const Plan& plan, std::size_t threads) {
    const Format format = plan.form == ExportForm::csv ? Format::csv : Format::jsonl;
    for (std::size_t i = 0; i < threads; ++i) {
      m_writers.push_back(
          make_row_writer(format, plan.fields, {.terminal = plan.to_terminal && !plan.jq, .now_ms = 0}));
      m_header.clear();
      m_writers.back()->end(m_header);  // a header is the file's matter, not each writer's
    }
  }
  void operator()(std::size_t thread, std::string& out, const log::LogRecord& record) const {
    m_writers[thread]->row(out, record);
  }
  const std::string& header() const { return m_header; }

 private:
  std::vector<std::unique_ptr<RowWriter>> m_writers;
  std::string m_header;
};

// Which records a file does not have, asked in the order of their ids.
class Missing {
 public:
  explicit Missing(std::vector<Uuid> there) : m_there(std::move(there)) {}
  bool operator()(const Uuid& id) {
    while (m_at < m_there.size() && m_there[m_at] < id) ++m_at;
    return m_at == m_there.size() || m_there[m_at] != id;
  }

 private:
  std::vector<Uuid> m_there;
  std::size_t m_at = 0;
};

// Text on its way to the file, filtered by jq line by line.
class Taker {
 public:
  Taker(Plan& plan, ExportFile& file, std::uint64_t total)
      : m_plan(plan), m_file(file), m_progress("logs exported", total, plan.to_terminal) {}

  bool take(std::string_view text, std::size_t records) {
    m_records += records;
    if (m_plan.jq && !filter(text)) return false;
    if (!m_file.write(m_plan.jq ? m_filtered : text)) return false;
    m_progress.at(m_records, human_bytes(m_file.bytes_written()));
    return true;
  }

  std::uint64_t records() const { return m_records; }
  const std::optional<Error>& error() const { return m_error; }

 private:
  bool filter(std::string_view lines) {
    m_filtered.clear();
    while (!lines.empty() && !m_error) {
      const std::size_t end = lines.find('\n');
      if (auto done = m_plan.jq->run(lines.substr(0, end), m_filtered); !done) m_error = done.error();
      lines.remove_prefix(end + 1);
    }
    if (m_plan.to_terminal) m_filtered = visible(m_filtered, true);
    return !m_error;
  }

  Plan& m_plan;
  ExportFile& m_file;
  Progress m_progress;
  std::uint64_t m_records = 0;
  std::string m_filtered;
  std::optional<Error> m_error;
};

struct Done {
  std::uint64_t records = 0;
  std::vector<std::string> damaged;
};

// Of how many records the progress is told: where a filter decides nobody knows yet.
Result<std::uint64_t> expected(const store::LogReader& reader, const query::Filter& filter,
                               std::uint64_t there) {
  if (!filter.terms.empty()) return std::uint64_t{0};
  PK_ASSIGN(const std::uint64_t count, reader.count());
  return count > there ? count - there : 0;
}

Result<Done> export_records(const std::shared_ptr<store::Env>& env, Plan& plan, const Rows& rows,
                            ExportFile& file, std::vector<Uuid> there) {
  const store::LogReader reader(env);
  PK_TRY(query::resolve_ids(reader, plan.filter));
  PK_ASSIGN(const std::uint64_t total, expected(reader, plan.filter, there.size()));
  Taker taker(plan, file, total);
  query::Export what;
  what.filter = plan.filter;
  if (!there.empty()) what.wanted = Missing(std::move(there));
  what.render = [&](std::size_t thread, std::string& out, const log::LogRecord& record) {
    rows(thread, out, record);
  };
  what.take = [&](std::string_view text, std::size_t records) { return taker.take(text, records); };
  PK_ASSIGN(std::vector<std::string> damaged, query::run(env, what));
  if (taker.error()) return *taker.error();
  return Done{taker.records(), std::move(damaged)};
}

void say_done(const Done& done, const ExportFile& file, const Flags& flags, std::size_t there) {
  if (!file.is_file() || ::isatty(STDERR_FILENO) != 1) return;
  std::cerr << fmt::format("exported {} {}{} to {}, {}\n", thousands(static_cast<std::int64_t>(done.records)),
                           flags.resume && there > 0 ? "more " : "", done.records == 1 ? "log" : "logs",
                           visible(flags.file, false), human_bytes(file.bytes_written()));
}

Result<Exit> work(const Flags& flags, Plan& plan, const std::shared_ptr<store::Env>& env) {
  PK_ASSIGN(ExportFile file, ExportFile::open(flags.file, plan.open));
  const Rows rows(plan, query::export_threads());
  std::vector<Uuid> there;
  bool begins = true;
  if (flags.resume) {
    PK_ASSIGN(Exported exported, file.mend(plan.form, rows.header().substr(0, rows.header().find('\n'))));
    begins = exported.bytes == 0;
    there = std::move(exported.ids);
  }
  if (begins) file.write(rows.header());
  const std::size_t before = there.size();
  Done done;
  if (env) {
    PK_ASSIGN(done, export_records(env, plan, rows, file, std::move(there)));
  }
  PK_TRY(file.finish());
  say_done(done, file, flags, before);
  if (done.damaged.empty()) return Exit::done;
  complain(fmt::format("{} {} damaged and left out, the first: {}; see pk verify", done.damaged.size(),
                       done.damaged.size() == 1 ? "record is" : "records are", done.damaged[0]));
  return Exit::failed;
}

Result<Exit> run(const Context& context, const Flags& flags) {
  PK_ASSIGN(Plan plan, make_plan(flags));
  return with_ledger(context, Access::read,
                     [&](const std::shared_ptr<store::Env>& env) { return work(flags, plan, env); });
}

}  // namespace

void add_logs_export(CLI::App& logs, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = logs.add_subcommand("export", "Write whole records to a file, oldest first");
  command->add_option("FILE", flags->file, "Where to; standard output without one")->type_name("");
  command->add_flag("--resume", flags->resume, "Append what FILE does not have yet");
  command->add_flag("-f,--force", flags->over, "Write over a FILE that is there");
  add_format_flags(*command, flags->format, true);
  add_filter_flags(*command, context, flags->filter);
  command->callback([&context, flags] { context.run = [&context, flags] { return run(context, *flags); }; });
}

}  // namespace pk::cmd
