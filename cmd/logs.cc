// pk logs: the commands that read, explain, share, export, redact and remove log records.
#include <CLI/CLI.hpp>

#include "command.h"

namespace pk::cmd {

void add_logs(CLI::App& app, Context& context) {
  CLI::App* logs = app.add_subcommand("logs", "List, show, explain, share, export, redact and remove log records");
  logs->require_subcommand(1, 1);
  add_logs_list(*logs, context);
  add_logs_show(*logs, context);
  add_logs_stats(*logs, context);
  add_logs_values(*logs, context);
  add_logs_why(*logs, context);
  add_logs_share(*logs, context);
  add_logs_export(*logs, context);
  add_logs_redact(*logs, context);
  add_logs_rm(*logs, context);
}

}  // namespace pk::cmd
