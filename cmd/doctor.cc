// pk doctor: what is wrong with this installation, and what to do about it.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "doctor_checks.h"
#include "ledger.h"
#include "output.h"
#include "report.h"
#include "store/probe.h"
#include "terminal.h"

namespace pk::cmd {

namespace {

constexpr std::size_t k_check_columns = 12;
constexpr std::size_t k_mark_columns = 8;

std::string_view word_of(Health health) {
  return health == Health::fine ? "ok" : health == Health::note ? "note" : "trouble";
}

Color color_of(Health health) {
  return health == Health::fine ? Color::green : health == Health::note ? Color::yellow : Color::red;
}

bool is_fine(const Findings& findings) {
  return std::ranges::none_of(findings, [](const Finding& one) { return one.health == Health::trouble; });
}

std::string as_lines(const Findings& findings, bool color) {
  std::string out;
  for (const Finding& one : findings) {
    out += paint(color_of(one.health), pad(word_of(one.health), k_mark_columns), color);
    out += pad(one.check, k_check_columns) + " " + visible(one.found, false) + "\n";
    if (!one.advice.empty())
      out += std::string(k_mark_columns + k_check_columns + 1, ' ') + visible(one.advice, false) + "\n";
  }
  return out;
}

std::string as_json(const Findings& findings) {
  std::string out;
  for (const Finding& one : findings)
    out += fmt::format("{}{{\"check\":{},\"health\":{},\"found\":{},\"advice\":{}}}", out.empty() ? "" : ",",
                       json_string(one.check), json_string(word_of(one.health)), json_string(one.found),
                       one.advice.empty() ? "null" : json_string(one.advice));
  return "[" + out + "]";
}

Result<Exit> tell(const Context& context, const Report& report, const Findings& findings) {
  const bool fine = is_fine(findings);
  if (report.is_table()) {
    Output out(Output::Paging::never);
    out.write(as_lines(findings, context.color));
    PK_TRY(out.finish());
  } else {
    PK_TRY(report.print({{"ok", fine ? "true" : "false", ""}, {"findings", as_json(findings), ""}},
                        context.color));
  }
  return fine ? Exit::done : Exit::failed;
}

// A ledger that cannot be opened, or ends the process that reads it, is a finding: the rest is told first.
Result<Exit> run(const Context& context, const FormatFlags& flags) {
  PK_ASSIGN(const Report report, Report::prepare(flags));
  Findings findings;
  check_settings(context, findings);
  check_folder(context, findings);
  check_server(context, findings);
  const std::int64_t now_ms = SystemClock().wall_ms();
  const auto with_store = [&]() -> int {
    auto env = open_to_read(context.data);
    if (!env) {
      findings.push_back({Health::trouble, "store", env.error().message,
                          "pk verify says more; put a backup in its place, or move it away"});
    } else {
      check_store(*env, now_ms, findings);
      check_plan(context, *env, now_ms, findings);
      check_providers(*env, findings);
      check_keys(*env, findings);
    }
    check_cache(context, findings);
    const Result<Exit> told = tell(context, report, findings);
    if (!told) complain(told.error().message);
    return static_cast<int>(told ? *told : exit_of(told.error().code));
  };
  const Result<int> done = store::run_guarded(with_store);
  if (done) return static_cast<Exit>(*done);
  if (done.error().code != Errc::corrupt) return done.error();
  findings.push_back(
      {Health::trouble, "store", done.error().message, "put a backup in its place, or move it away"});
  return tell(context, report, findings);
}

}  // namespace

void add_doctor(CLI::App& app, Context& context) {
  auto flags = std::make_shared<FormatFlags>();
  CLI::App* command = app.add_subcommand("doctor", "Say what is wrong here, and what to do about it");
  add_format_flags(*command, *flags, false);
  command->callback([&context, flags] { context.run = [&context, flags] { return run(context, *flags); }; });
}

}  // namespace pk::cmd
