// pk replay: sends logged requests again, as they were or changed, and compares what comes of them.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "editor.h"
#include "input.h"
#include "ledger.h"
#include "output.h"
#include "pretty.h"
#include "progress.h"
#include "provider/body_edit.h"
#include "query/filter.h"
#include "replay/assertion.h"
#include "replay/body.h"
#include "replay/run_all.h"
#include "replay_report.h"
#include "replay_session.h"
#include "share/file.h"
#include "terminal.h"

namespace pk::cmd {

namespace {

constexpr std::size_t k_body_bytes_max = 100'000'000;

struct Flags {
  std::vector<std::string> names;  // IDs and FILEs
  std::vector<std::string> where;
  std::string sample, concurrency = "4";
  std::vector<std::string> set;
  std::string model, provider, config;
  bool stream = false, no_stream = false;
  bool use_cache = false, edit = false, diff = false;
  std::vector<std::string> assertions;
  std::string via, ca_file;
  FormatFlags format;
};

// What the flags mean.
struct Plan {
  replay::Overrides overrides;
  std::vector<replay::Assertion> assertions;
  std::string filter;
  std::size_t sample = 0;
  std::size_t concurrency = 1;
  bool diff = false;
};

Error wrong(std::string_view flag, std::string_view value, std::string_view wanted) {
  return {Errc::invalid, fmt::format("{}: '{}' is not possible; {}", flag, visible(value, false), wanted)};
}

Result<std::string> read_schema(const std::string& file) {
  return read_input(file, k_body_bytes_max);
}

// A config in a file goes as its text.
Result<std::string> config_of(const std::string& name) {
  if (name.find('/') == std::string::npos && !name.ends_with(".json")) return name;
  return read_input(name, config::k_config_bytes_max);
}

Result<replay::Overrides> read_overrides(const Flags& flags) {
  replay::Overrides overrides;
  for (const std::string& text : flags.set)
    if (auto added = replay::add_set(overrides, text); !added)
      return std::move(added).error().within("--set");
  overrides.model = flags.model;
  overrides.provider = flags.provider;
  PK_ASSIGN(overrides.config, config_of(flags.config));
  if (flags.stream || flags.no_stream) overrides.stream = flags.stream;
  overrides.use_cache = flags.use_cache;
  return overrides;
}

// All the texts, one after the other; each is checked by itself.
Result<std::string> read_filter(const Flags& flags) {
  std::string filter;
  for (const std::string& text : flags.where) {
    if (auto read = query::parse_text(text, SystemClock().wall_ms()); !read)
      return std::move(read).error().within("--where");
    filter += (filter.empty() ? "" : " ") + text;
  }
  return filter;
}

Result<void> check_names(const Flags& flags) {
  if (flags.names.empty() && flags.where.empty())
    return Error{Errc::invalid, "name a log or a file, or choose logs with --where"};
  if (!flags.names.empty() && !flags.where.empty())
    return Error{Errc::invalid, "--where chooses logs by itself: leave out the ids, or --where"};
  if (flags.edit && flags.names.size() != 1)
    return Error{Errc::invalid, "--edit is for one log or file at a time"};
  if (!flags.via.empty() && std::ranges::any_of(flags.names, share::names_file))
    return Error{Errc::invalid, "--via: a server replays its own logs, not a file; leave out --via"};
  if (flags.via.empty() && !flags.ca_file.empty())
    return Error{Errc::invalid, "--ca-file is for the server of --via: name that too"};
  if (!flags.sample.empty() && flags.where.empty())
    return Error{Errc::invalid, "--sample draws from what --where means: say which logs"};
  return {};
}

Result<Plan> make_plan(const Flags& flags) {
  PK_TRY(check_names(flags));
  Plan plan;
  plan.diff = flags.diff;
  PK_ASSIGN(plan.overrides, read_overrides(flags));
  for (const std::string& text : flags.assertions) {
    auto assertion = replay::read_assertion(text, read_schema);
    if (!assertion) return Error{Errc::invalid, "--assert: " + assertion.error().message};
    plan.assertions.push_back(*std::move(assertion));
  }
  PK_ASSIGN(plan.filter, read_filter(flags));
  if (!flags.sample.empty()) {
    const auto sample = parse_uint(flags.sample);
    if (!sample || *sample == 0) return wrong("--sample", flags.sample, "write a number from 1");
    plan.sample = *sample;
  }
  const auto concurrency = parse_uint(flags.concurrency);
  if (!concurrency || *concurrency == 0 || *concurrency > replay::k_concurrency_max)
    return wrong("--concurrency", flags.concurrency,
                 fmt::format("write a number from 1 to {}", replay::k_concurrency_max));
  plan.concurrency = *concurrency;
  return plan;
}

// ---- an editor for the body ----

// False if nothing is to be sent. A body that is left alone goes byte for byte as it was.
Result<bool> edit(const log::LogRecord& record, replay::Overrides& overrides) {
  if (!record.request) return true;  // why it cannot be replayed is told later
  PK_ASSIGN(const std::string body, replay::body_of(record, overrides));
  bool emptied = false;
  PK_TRY(edit_text(laid_out(body), "request.json", k_body_bytes_max,
                   [&](const std::string& after) -> Result<void> {
                     emptied = trim(after).empty();
                     if (emptied) return {};
                     overrides.body = after;
                     auto good = replay::body_of(record, overrides);
                     return good ? Result<void>() : std::move(good).error();
                   }));
  return !emptied;
}

// ---- the run ----

class Run {
 public:
  Run(ReplaySession& session, const Plan& plan, std::vector<Original> originals)
      : m_session(session), m_plan(plan), m_originals(std::move(originals)), m_done(m_originals.size()) {}

  std::vector<ReplayDone> all() {
    Progress progress("logs replayed", m_originals.size());
    std::size_t over = 0;
    m_session.run(m_originals.size(), m_plan.concurrency,
                  [&](std::size_t i) -> Task<void> { return one(i, [&] { progress.at(++over); }); });
    return std::move(m_done);
  }

 private:
  Task<void> one(std::size_t i, std::function<void()> over) {
    ReplayDone& done = m_done[i];
    Task<Result<log::LogRecord>> fetched = m_session.fetch(m_originals[i]);
    auto original = co_await std::move(fetched);
    if (!original) {
      done.original.id = m_originals[i].id;
      done.error = original.error().message;
      co_return over();
    }
    done.original = *original;
    Task<Result<replay::Replayed>> task = m_session.way().send(*std::move(original), m_plan.overrides);
    auto sent = co_await std::move(task);
    if (!sent) {
      done.refused = sent.error().code == Errc::unauthorized;
      done.error = sent.error().message;
    } else {
      done.notes = std::move(sent->notes);
      done.replay = std::move(sent->record);
      done.comparison = replay::compare(done.original, *done.replay);
    }
    check(done);
    if (m_done.size() > 1) slim(done);
    over();
  }

  // Of many the bodies are not held until the last one is over.
  void slim(ReplayDone& done) const {
    for (log::LogRecord* record : {&done.original, done.replay ? &*done.replay : nullptr}) {
      if (!record) continue;
      record->request.reset();
      record->response.reset();
    }
    if (!m_plan.diff) done.comparison.before = done.comparison.after = {};
  }

  void check(ReplayDone& done) const {
    for (const replay::Assertion& assertion : m_plan.assertions) {
      const auto failed = done.replay
                              ? replay::failure(assertion, done.original, *done.replay, done.comparison)
                              : std::optional<std::string>("nothing was sent");
      if (failed) done.failed_assertions.push_back(assertion.text + ": " + *failed);
    }
  }

  ReplaySession& m_session;
  const Plan& m_plan;
  const std::vector<Original> m_originals;
  std::vector<ReplayDone> m_done;
};

// ---- what is printed ----

struct Printer {
  std::optional<Report> report;    // of one
  std::optional<Listing> listing;  // of several

  static Result<Printer> prepare(const Flags& flags) {
    Printer printer;
    if (flags.names.size() == 1 && flags.format.json.find_first_not_of('*') == std::string::npos) {
      PK_ASSIGN(printer.report, Report::prepare(flags.format));
    } else {
      PK_ASSIGN(printer.listing, Listing::prepare(flags.format, replay_columns()));
    }
    return printer;
  }

  Result<void> print(const std::vector<ReplayDone>& all, const Flags& flags, bool color) const {
    if (listing) {
      std::vector<FactRow> rows;
      for (const ReplayDone& done : all) rows.push_back(replay_row(done, flags.diff));
      return listing->print(rows, color);
    }
    if (!report->is_table()) return report->print(replay_row(all[0], flags.diff), color);
    Output out(Output::Paging::never);
    out.write(replay_page(all[0], {color, flags.diff, terminal_columns()}));
    return out.finish();
  }
};

// Of several each line says which log it is of, if it does not by itself.
std::string told(const ReplayDone& done, std::string_view message, bool several) {
  const std::string id = done.original.id.text();
  const bool named = !several || message.find(id) != std::string_view::npos;
  return named ? std::string(message) : fmt::format("log {}: {}", id, message);
}

// A bad answer may be the one that is expected, where a status is.
Exit judge(const std::vector<ReplayDone>& all, bool status_asserted) {
  bool failed = false, refused = false, refuted = false;
  for (const ReplayDone& done : all) {
    const auto tell = [&](std::string_view message) { complain(told(done, message, all.size() > 1)); };
    for (const std::string& note : done.notes) tell(note);
    if (!done.replay) tell(done.error);
    for (const std::string& failure : done.failed_assertions) tell("the assertion failed: " + failure);
    refuted = refuted || !done.failed_assertions.empty();
    refused = refused || done.refused;
    const bool as_good =
        done.replay && (status_asserted || done.comparison.verdict != replay::Verdict::failed);
    if (as_good || done.refused) continue;
    failed = true;
    if (done.replay)
      tell(fmt::format("the replay failed: {}; see pk logs show {}", done.replay->error,
                       done.replay->id.text()));
  }
  return refuted ? Exit::assertion : failed ? Exit::failed : refused ? Exit::refused : Exit::done;
}

Result<std::vector<Original>> choose(ReplaySession& session, const Flags& flags, const Plan& plan) {
  if (!flags.names.empty()) return session.originals(flags.names);
  PK_ASSIGN(ReplaySession::Selection selection, session.select(plan.filter, plan.sample));
  if (selection.left_out > 0)
    complain(
        fmt::format("{} of those logs cannot be replayed and are left out; see replay_blocked_by in pk "
                    "logs list --json",
                    selection.left_out));
  return std::move(selection.originals);
}

// Whether it keeps this one log back; else it would keep back any.
bool is_of_one_log(const Error& error, const replay::Overrides& overrides) {
  if (error.code == Errc::not_found) return overrides.config.empty();
  return error.code == Errc::unauthorized || error.code == Errc::upstream;
}

// Before anything is sent. Of several logs each is judged by itself: why one cannot be sent is told with what
// came of the others.
Result<void> check_all(ReplaySession& session, const std::vector<Original>& originals, const Plan& plan) {
  for (const Original& original : originals) {
    PK_ASSIGN(const log::LogRecord record, session.load(original));
    auto good = session.way().check(record, plan.overrides);
    if (good || (originals.size() > 1 && is_of_one_log(good.error(), plan.overrides))) continue;
    Error error = std::move(good).error();
    if (error.message.find(record.id.text()) == std::string::npos)
      return std::move(error).within("log " + record.id.text());
    return error;
  }
  return {};
}

Result<Exit> work(const Context& context, const Flags& flags, Plan& plan, const Printer& printer) {
  const auto open = [&] {
    return flags.via.empty() ? ReplaySession::open_local(context, flags.use_cache)
                             : ReplaySession::open_remote(flags.via, flags.ca_file);
  };
  PK_ASSIGN(auto session, open());
  PK_ASSIGN(std::vector<Original> originals, choose(*session, flags, plan));
  if (!flags.names.empty()) PK_TRY(check_all(*session, originals, plan));
  if (flags.edit) {
    PK_ASSIGN(const log::LogRecord record, session->load(originals[0]));
    session.reset();  // the ledger is not held open while a person thinks
    PK_ASSIGN(const bool wanted, edit(record, plan.overrides));
    if (!wanted) {
      complain("the body was emptied; nothing was sent");
      return Exit::failed;
    }
    PK_ASSIGN(session, open());
  }
  const std::vector<ReplayDone> all = Run(*session, plan, std::move(originals)).all();
  session.reset();
  PK_TRY(printer.print(all, flags, context.color));
  if (all.size() > 1 && ::isatty(STDERR_FILENO) == 1) std::cerr << replay_summary(all) << "\n";
  const bool status_asserted = std::ranges::any_of(plan.assertions, [](const replay::Assertion& one) {
    return one.what == replay::Assertion::What::status;
  });
  if (all.empty() && !plan.assertions.empty()) {
    complain("nothing was asserted: the filter means no log that can be replayed");
    return Exit::assertion;
  }
  return judge(all, status_asserted);
}

Result<Exit> run(const Context& context, const Flags& flags) {
  PK_ASSIGN(Plan plan, make_plan(flags));
  PK_ASSIGN(const Printer printer, Printer::prepare(flags));
  guard();
  return work(context, flags, plan, printer);
}

void add_changes(CLI::App& command, Flags& flags) {
  command.add_option("--set", flags.set, "Set a member of the body, such as temperature=0.2")
      ->type_name("KEY=JSON")
      ->allow_extra_args(false);
  command.add_option("--model", flags.model, "Ask another model")->type_name("MODEL");
  command.add_option("--provider", flags.provider, "Ask another provider, or @name of a virtual key")
      ->type_name("PROVIDER");
  command.add_option("--with-config", flags.config, "Go by this config, not by the logged version")
      ->type_name("CONFIG");
  command.add_flag("--stream", flags.stream, "Ask for a stream");
  command.add_flag("--no-stream", flags.no_stream, "Ask for a whole answer")->excludes("--stream");
  command.add_flag("--edit", flags.edit, "Edit the body first");
  command.add_flag("--use-cache", flags.use_cache, "Let the cache answer, as of any request");
}

}  // namespace

void add_replay(CLI::App& app, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand("replay", "Send logged requests again, and compare the answers");
  command->add_option("ID|FILE", flags->names, "A log's id, a part of one, @latest; or a file with a record")
      ->type_name("");
  command->add_option("--where", flags->where, "All logs that the filter means")
      ->type_name("FILTERS")
      ->allow_extra_args(false);
  command->add_option("--sample", flags->sample, "So many of them, drawn evenly")->type_name("N");
  command->add_option("--concurrency", flags->concurrency, "So many at once (4)")->type_name("N");
  add_changes(*command, *flags);
  command->add_flag("--diff", flags->diff, "Show what is another in the answer");
  command->add_option("--assert", flags->assertions, "Exit 5 unless this holds, such as cost<=+5%")
      ->type_name("ASSERTION")
      ->allow_extra_args(false);
  command->add_option("--via", flags->via, "Let the server at this address send them")->type_name("URL");
  command->add_option("--ca-file", flags->ca_file, "Whose certificates to trust of that server")
      ->type_name("FILE");
  for (const config::SettingKey& key : config::setting_keys())
    if (key.flag == "--allow-upstream") add_setting_flag(*command, key, context);
  add_format_flags(*command, flags->format, true);
  command->callback([&context, flags] { context.run = [&context, flags] { return run(context, *flags); }; });
}

}  // namespace pk::cmd
