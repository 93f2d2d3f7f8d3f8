// pk verify: checks all of the ledger.
#include <fmt/format.h>

#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "ledger.h"
#include "output.h"
#include "store/verify.h"
#include "words.h"

namespace pk::cmd {

namespace {

std::string number(std::uint64_t n) {
  return thousands(static_cast<std::int64_t>(n));
}

Result<Exit> verify(std::shared_ptr<store::Env> env) {
  store::VerifyReport report;
  if (env) {
    PK_ASSIGN(report, store::verify(*env));
  }
  Output out(Output::Paging::never);
  for (const std::string& line : report.damage) out.write(visible(line, false) + "\n");
  if (report.damaged > report.damage.size())
    out.write(fmt::format("and {} more\n", number(report.damaged - report.damage.size())));
  out.write(fmt::format("checked {} records, {} bodies, {} pieces of conversations: {}\n",
                        number(report.records), number(report.contents), number(report.nodes),
                        report.damaged == 0 ? "no damage" : number(report.damaged) + " damaged"));
  PK_TRY(out.finish());
  if (report.damaged == 0) return Exit::done;
  complain(
      "the ledger is damaged; records that are named can be removed with pk logs rm, or put a backup in its "
      "place");
  return Exit::failed;
}

}  // namespace

void add_verify(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("verify", "Check every record for damage");
  command->callback([&context] {
    context.run = [&context] {
      return with_ledger(context, Access::read,
                         [](std::shared_ptr<store::Env> env) { return verify(std::move(env)); });
    };
  });
}

}  // namespace pk::cmd
