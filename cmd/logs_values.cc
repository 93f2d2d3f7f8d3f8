// pk logs values: which values a field has.
#include <memory>

#include "base/json.h"
#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "ledger.h"
#include "listing.h"
#include "query/values.h"
#include "words.h"

namespace pk::cmd {

namespace {

struct Flags {
  std::string field;
  std::string prefix;
  std::string limit = "50";
  FormatFlags format;
};

constexpr ListColumn k_columns[] = {{"value", "Value", true}, {"records", "Records", true, true}};

Result<Exit> run(const Context& context, const Flags& flags) {
  const auto limit = parse_uint(flags.limit);
  if (!limit)
    return Error{Errc::invalid,
                 "--limit: '" + visible(flags.limit, false) + "' is not possible; write a number, 0 for all"};
  PK_ASSIGN(const Listing listing, Listing::prepare(flags.format, k_columns));
  return with_ledger(context, Access::read, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    std::vector<query::ValueCount> values;
    if (env) {
      PK_ASSIGN(values, query::values(store::LogReader(env), flags.field, flags.prefix,
                                      *limit == 0 ? query::k_values_max : *limit));
    }
    std::vector<FactRow> rows;
    for (const query::ValueCount& one : values) {
      const auto records = static_cast<std::int64_t>(one.records);
      rows.push_back({{"value", json_string(one.value), one.value},
                      {"records", std::to_string(records), thousands(records)}});
    }
    PK_TRY(listing.print(rows, context.color));
    return Exit::done;
  });
}

}  // namespace

void add_logs_values(CLI::App& logs, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = logs.add_subcommand("values", "Which values a field has, the most frequent first");
  command->add_option("FIELD", flags->field, "model, provider, user, metadata.KEY …")
      ->required()
      ->type_name("");
  command->add_option("PREFIX", flags->prefix, "What they begin with")->type_name("");
  command->add_option("-n,--limit", flags->limit, "At most this many, 50 by default; 0: all")->type_name("N");
  add_format_flags(*command, flags->format, true);
  command->callback([&context, flags] { context.run = [&context, flags] { return run(context, *flags); }; });
}

}  // namespace pk::cmd
