// pk logs list: the records that a filter means.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "filter_flags.h"
#include "jq_filter.h"
#include "ledger.h"
#include "output.h"
#include "progress.h"
#include "query/follow.h"
#include "query/run.h"
#include "rows.h"
#include "terminal.h"

namespace pk::cmd {

namespace {

using log::LogRecord;

struct Flags {
  FilterFlags filter;
  std::vector<std::string> texts;  // arguments: more of the filter
  std::string limit = "50";
  std::string after;
  bool reverse = false;
  bool follow = false;
  FormatFlags format;
};

// What the flags mean.
struct Plan {
  query::Query query;
  std::string after;
  Format format = Format::table;
  log::FieldSet fields = log::FieldSet::lists();
  std::optional<Jq> jq;
};

bool needs_content(const log::FieldSet& fields) {
  return fields.has(log::Field::request) || fields.has(log::Field::response);
}

Result<Plan> make_plan(const Flags& flags, std::int64_t now_ms) {
  Plan plan;
  plan.after = flags.after;
  PK_ASSIGN(plan.query.filter, read_filter(flags.filter, flags.texts, now_ms));
  const auto limit = parse_uint(flags.limit);
  if (!limit)
    return Error{Errc::invalid, fmt::format("--limit: '{}' is not possible; write a number, 0 for all",
                                            visible(flags.limit, false))};
  plan.query.limit = *limit;
  plan.query.order = flags.reverse || flags.follow ? store::Order::oldest_first : store::Order::newest_first;
  PK_ASSIGN(FormatChoice choice,
            choose_format(flags.format, Format::table, flags.follow ? Format::jsonl : Format::tsv));
  plan.format = flags.follow && choice.format == Format::json ? Format::jsonl : choice.format;
  const bool is_json = plan.format == Format::json || plan.format == Format::jsonl;
  plan.fields = choice.fields ? *choice.fields : is_json ? log::FieldSet::lists() : piped_fields();
  plan.query.content = choice.fields && needs_content(*choice.fields);
  if (!flags.format.jq.empty()) {
    PK_ASSIGN(plan.jq, Jq::compile(flags.format.jq));
  }
  return plan;
}

// Rows on their way to stdout: written in their form, then filtered by jq, a whole array at its end or each
// line.
class Listing {
 public:
  Listing(Plan& plan, const RowStyle& style, Output& out)
      : m_plan(plan),
        m_terminal(style.terminal),
        m_out(out),
        m_writer(make_row_writer(plan.format, plan.fields, unfiltered(style))) {}

  bool row(const LogRecord& record) {
    m_writer->row(m_text, record);
    return m_plan.jq && m_plan.format == Format::json ? true : pass_on();
  }
  // What is held back for the table's sake.
  bool settle() {
    m_writer->settle(m_text);
    return pass_on() && m_out.flush();
  }
  Result<void> end() {
    m_writer->end(m_text);
    pass_on();
    if (m_error) return *m_error;
    return m_out.finish();
  }

 private:
  // jq reads real JSON; what it prints is made visible afterwards.
  RowStyle unfiltered(RowStyle style) const {
    if (m_plan.jq) style.terminal = false;
    return style;
  }

  bool pass_on() {
    if (!m_plan.jq || m_text.empty()) {
      m_out.write(m_text);
    } else {
      std::string filtered;
      if (auto done = m_plan.jq->run(m_text, filtered); !done) m_error = std::move(done).error();
      m_out.write(m_terminal ? visible(filtered, true) : filtered);
    }
    m_text.clear();
    return m_out.open() && !m_error;
  }

  Plan& m_plan;
  bool m_terminal;
  Output& m_out;
  std::unique_ptr<RowWriter> m_writer;
  std::string m_text;
  std::optional<Error> m_error;
};

Result<Exit> end(Listing& listing, const std::vector<std::string>& damaged) {
  PK_TRY(listing.end());
  if (damaged.empty()) return Exit::done;
  complain(damaged.size() == 1
               ? damaged[0] + "; it is left out, see pk verify"
               : fmt::format("{} records are damaged and left out, the first: {}; see pk verify",
                             damaged.size(), damaged[0]));
  return Exit::failed;
}

Result<Exit> list(const store::LogReader& reader, Plan& plan, Listing& listing, Progress& progress) {
  plan.query.searching = [&](std::uint64_t searched) {
    progress.at(searched);
    return true;
  };
  PK_ASSIGN(const query::Page page,
            query::run(reader, plan.query, [&](const LogRecord& record) { return listing.row(record); }));
  return end(listing, page.damaged);
}

// The newest rows of a query that goes oldest first, in memory: for --follow, whose limit is at the end.
Result<query::Page> run_newest(const store::LogReader& reader, query::Query query,
                               const query::Visit& visit) {
  if (query.limit == 0 || query.after) {
    query.limit = 0;
    return query::run(reader, query, visit);
  }
  query.order = store::Order::newest_first;
  std::deque<LogRecord> newest;
  PK_ASSIGN(query::Page page, query::run(reader, query, [&](const LogRecord& record) {
              newest.push_front(record);
              return true;
            }));
  for (const LogRecord& record : newest)
    if (!visit(record)) break;
  return page;
}

// Waits; false once nobody reads stdout any more.
bool wait_for_more() {
  pollfd reader{STDOUT_FILENO, 0, 0};
  return ::poll(&reader, 1, static_cast<int>(query::k_follow_poll_ms)) <= 0 ||
         (reader.revents & (POLLERR | POLLHUP)) == 0;
}

Result<Exit> follow(const store::LogReader& reader, Plan& plan, Listing& listing) {
  const SystemClock clock;
  // Following starts before the list is read: what is written between the two is then in one of them at
  // least.
  PK_ASSIGN(query::Follow following, query::Follow::start(reader, plan.query.filter, clock));
  PK_ASSIGN(const query::Page page, run_newest(reader, plan.query, [&](const LogRecord& record) {
              following.pass_over(record.id);
              return listing.row(record);
            }));
  bool open = listing.settle();
  while (open && wait_for_more()) {
    bool any = false;
    PK_TRY(following.poll([&](const LogRecord& record) {
      any = true;
      return listing.row(record);
    }));
    open = !any || listing.settle();
  }
  return end(listing, page.damaged);
}

// With --follow a ledger that is not there yet is waited for. One that is being made right now may look
// damaged.
Result<std::shared_ptr<store::Env>> wait_for_ledger(const std::filesystem::path& folder) {
  constexpr int k_errors_max = 20;
  int errors = 0;
  while (wait_for_more()) {
    auto env = open_to_read(folder);
    if (!env && ++errors > k_errors_max) return std::move(env).error();
    if (env && *env) return env;
  }
  return std::shared_ptr<store::Env>{};
}

Result<Exit> run_with(const Context& context, const Flags& flags, Plan& plan, std::shared_ptr<store::Env> env,
                      std::int64_t now_ms) {
  Progress progress("logs searched", 0);
  Output out(flags.follow ? Output::Paging::never : Output::Paging::on_terminal);
  out.before_first_write([&] { progress.stop(); });
  const RowStyle style{stdout_is_terminal(), context.color, terminal_columns(), now_ms};
  Listing listing(plan, style, out);
  if (!env && flags.follow) {
    PK_ASSIGN(env, wait_for_ledger(context.data));
  }
  if (!env) return end(listing, {});
  const store::LogReader reader(env);
  PK_TRY(query::resolve_ids(reader, plan.query.filter));
  if (!plan.after.empty()) {
    PK_ASSIGN(plan.query.after, query::resolve_id(reader, plan.after));
  }
  return flags.follow ? follow(reader, plan, listing) : list(reader, plan, listing, progress);
}

Result<Exit> run(const Context& context, const Flags& flags) {
  const std::int64_t now_ms = SystemClock().wall_ms();
  PK_ASSIGN(Plan plan, make_plan(flags, now_ms));
  return with_ledger(context, Access::read, [&](std::shared_ptr<store::Env> env) {
    return run_with(context, flags, plan, std::move(env), now_ms);
  });
}

}  // namespace

void add_logs_list(CLI::App& logs, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = logs.add_subcommand("list", "List log records, newest first");
  command->add_option("FILTER", flags->texts, "Filter as text: model:gpt-4o cost>=0.01 \"text in bodies\"")
      ->type_name("");
  command->add_option("-n,--limit", flags->limit, "At most this many, 50 by default; 0: all")->type_name("N");
  command->add_flag("--reverse", flags->reverse, "Oldest first");
  command->add_option("--after", flags->after, "Go on after this log, in the order of the list")
      ->type_name("ID");
  command->add_flag("-f,--follow", flags->follow, "Then print each further record as it is written");
  add_format_flags(*command, flags->format, true);
  add_filter_flags(*command, context, flags->filter);
  command->callback([&context, flags] { context.run = [&context, flags] { return run(context, *flags); }; });
}

}  // namespace pk::cmd
