// pk logs: the commands that read, explain, share, export, redact and remove log records.
#include "cli11.h"
#include "command.h"

namespace pk::cmd {

namespace {

constexpr Command k_commands[] = {
    {"list", add_logs_list},     {"show", add_logs_show},     {"stats", add_logs_stats},
    {"values", add_logs_values}, {"why", add_logs_why},       {"share", add_logs_share},
    {"export", add_logs_export}, {"redact", add_logs_redact}, {"rm", add_logs_rm}};

}  // namespace

void add_logs(CLI::App& app, Context& context) {
  CLI::App* logs =
      app.add_subcommand("logs", "List, show, explain, share, export, redact and remove log records");
  logs->require_subcommand(1, 1);
  add_commands(*logs, context, k_commands);
}

}  // namespace pk::cmd
