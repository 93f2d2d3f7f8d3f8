// pk logs rm: removes records for good, and the answers that the cache keeps of them.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>

#include "base/text.h"
#include "cached_answers.h"
#include "cli11.h"
#include "command.h"
#include "confirm.h"
#include "ledger.h"
#include "query/run.h"
#include "store/prune.h"

namespace pk::cmd {

namespace {

struct Flags {
  std::vector<std::string> ids;
  bool yes = false;
  bool keep_cached = false;
};

Error no_log(std::string_view text) {
  return {Errc::not_found,
          fmt::format("no log has the id '{}', nothing was removed; see pk logs list", visible(text, false))};
}

// All of them or, if one is not there, an error: then nothing is removed.
Result<std::vector<Uuid>> resolve(const store::LogReader& reader, const std::vector<std::string>& texts) {
  std::vector<Uuid> ids;
  for (const std::string& text : texts) {
    PK_ASSIGN(const Uuid id, query::resolve_id(reader, text));
    bool there = false;
    PK_TRY(reader.scan_ids({.from = id, .before = {}, .order = store::Order::oldest_first},
                           [&](const Uuid& found) {
                             there = found == id;
                             return false;
                           }));
    if (!there) return no_log(text);
    ids.push_back(id);
  }
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// How many went. Before the records do: what cannot be removed here would be forgotten with them.
Result<std::uint64_t> remove_cached(const Context& context, const std::vector<Uuid>& ids) {
  const auto failed = [](Error error) {
    error.message += "; nothing was removed, and --keep-cached removes the logs alone";
    return std::move(error).within("the cached answers cannot be removed");
  };
  const auto answers = CachedAnswers::open(context);
  if (!answers) return failed(answers.error());
  std::uint64_t removed = 0;
  for (const Uuid& id : ids) {
    const auto some = (*answers)->remove_log(id);
    if (!some) return failed(some.error());
    removed += *some;
  }
  return removed;
}

Result<Exit> remove(const Context& context, std::shared_ptr<store::Env> env, const Flags& flags) {
  if (!env) return no_log(flags.ids[0]);
  PK_ASSIGN(const std::vector<Uuid> ids, resolve(store::LogReader(env), flags.ids));
  if (!flags.yes && !confirmed("Remove " + counted(ids.size(), "log") + " for good?")) {
    complain("nothing was removed");
    return Exit::failed;
  }
  std::uint64_t answers = 0;
  if (!flags.keep_cached) {
    PK_ASSIGN(answers, remove_cached(context, ids));
  }
  PK_ASSIGN(const std::uint64_t removed, store::remove(*env, ids));
  std::cerr << fmt::format("removed {}{}\n", counted(removed, "log"),
                           answers > 0 ? " and " + counted(answers, "cached answer") : "");
  return Exit::done;
}

}  // namespace

void add_logs_rm(CLI::App& logs, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = logs.add_subcommand("rm", "Remove log records for good");
  command->add_option("ID", flags->ids, "Log id, a part of one, @latest, or @2 for the second newest")
      ->required()
      ->type_name("");
  command->add_flag("-y,--yes", flags->yes, "Do not ask");
  command->add_flag("--keep-cached", flags->keep_cached, "Leave the answers that the cache keeps of them");
  add_cache_flag(*command, context);
  command->callback([&context, flags] {
    context.run = [&context, flags] {
      return with_ledger(context, Access::change, [&](std::shared_ptr<store::Env> env) {
        return remove(context, std::move(env), *flags);
      });
    };
  });
}

}  // namespace pk::cmd
