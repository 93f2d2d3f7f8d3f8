// pk cache: what the cache holds, and letting go of it.
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
#include "report.h"
#include "store/reader.h"

namespace pk::cmd {

namespace {

constexpr std::size_t k_key_digits_min = 6;
constexpr std::size_t k_key_digits_max = 64;

struct RemoveFlags {
  std::vector<std::string> names;  // log ids and beginnings of keys
};

// The ledger, opened when the first log id asks for it.
class LogIds {
 public:
  explicit LogIds(const std::filesystem::path& data) : m_data(data) {}

  Result<Uuid> resolve(const std::string& text) {
    if (const auto whole = Uuid::parse(text)) return *whole;  // an answer may outlive its record
    if (!m_env) {
      PK_ASSIGN(m_env, open_to_read(m_data));
    }
    if (!m_env) return Error{Errc::not_found, "there is no log yet"};
    return query::resolve_id(store::LogReader(m_env), text);
  }

 private:
  const std::filesystem::path& m_data;
  std::shared_ptr<store::Env> m_env;
};

bool may_be_key(std::string_view text) {
  return text.size() >= k_key_digits_min && text.size() <= k_key_digits_max &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// How many went. A few digits may begin a key or be part of a log id: keys come first, for there is nothing
// lost with a wrong one.
Result<std::uint64_t> remove_named(CachedAnswers& answers, LogIds& logs, const std::string& name) {
  const std::string digits = ascii_lower(name);
  if (may_be_key(digits)) {
    PK_ASSIGN(const std::uint64_t removed, answers.remove_key(digits));
    if (removed > 0) return removed;
  }
  const auto id = logs.resolve(name);
  if (!id && id.error().code == Errc::not_found) return std::uint64_t{0};
  if (!id) return id.error();
  return answers.remove_log(*id);
}

std::string answers_counted(std::uint64_t count) {
  return counted(count, "cached answer");
}

Result<Exit> remove(const Context& context, const RemoveFlags& flags) {
  PK_ASSIGN(const auto answers, CachedAnswers::open(context));
  LogIds logs(context.data);
  std::uint64_t removed = 0;
  bool missed = false;
  for (const std::string& name : flags.names) {
    PK_ASSIGN(const std::uint64_t some, remove_named(*answers, logs, name));
    removed += some;
    if (some > 0) continue;
    missed = true;
    complain(fmt::format("no cached answer is of the log or key '{}'; see pk logs list --status cache-miss",
                         visible(name, false)));
  }
  if (removed > 0) std::cerr << fmt::format("removed {}\n", answers_counted(removed));
  return missed ? Exit::not_found : Exit::done;
}

Result<Exit> clear(const Context& context, bool yes) {
  PK_ASSIGN(const auto answers, CachedAnswers::open(context));
  if (!yes) {
    PK_ASSIGN(const std::uint64_t count, answers->count());
    if (count > 0 && !confirmed("Remove " + answers_counted(count) + "?")) {
      complain("nothing was removed");
      return Exit::failed;
    }
  }
  PK_ASSIGN(const std::uint64_t removed, answers->clear());
  std::cerr << fmt::format("removed {}\n", answers_counted(removed));
  return Exit::done;
}

Result<Exit> stats(const Context& context, const Report& report) {
  PK_ASSIGN(const auto answers, CachedAnswers::open(context));
  PK_ASSIGN(const std::vector<Fact> facts, answers->facts());
  PK_TRY(report.print(facts, context.color));
  return Exit::done;
}

CLI::App* add_command(CLI::App& group, Context& context, std::string name, std::string help) {
  CLI::App* command = group.add_subcommand(std::move(name), std::move(help));
  add_cache_flag(*command, context);
  return command;
}

void add_stats(CLI::App& group, Context& context) {
  auto flags = std::make_shared<FormatFlags>();
  CLI::App* command = add_command(group, context, "stats", "How much is kept, and what became of the rest");
  add_format_flags(*command, *flags, false);
  command->callback([&context, flags] {
    context.run = [&context, flags]() -> Result<Exit> {
      PK_ASSIGN(const Report report, Report::prepare(*flags));
      guard();
      return stats(context, report);
    };
  });
}

void add_clear(CLI::App& group, Context& context) {
  auto yes = std::make_shared<bool>(false);
  CLI::App* command = add_command(group, context, "clear", "Remove all cached answers");
  command->add_flag("-y,--yes", *yes, "Do not ask");
  command->callback([&context, yes] {
    context.run = [&context, yes] {
      guard();
      return clear(context, *yes);
    };
  });
}

void add_rm(CLI::App& group, Context& context) {
  auto flags = std::make_shared<RemoveFlags>();
  CLI::App* command =
      add_command(group, context, "rm", "Remove the cached answers of logs, or of keys with a beginning");
  command
      ->add_option("ID", flags->names,
                   "Id of the log whose answer it is, a part of one, @latest; or the first digits of a key")
      ->required()
      ->type_name("");
  command->callback([&context, flags] {
    context.run = [&context, flags] {
      guard();
      return remove(context, *flags);
    };
  });
}

}  // namespace

void add_cache(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("cache", "See and clear the cached answers");
  group->require_subcommand(1, 1);
  add_stats(*group, context);
  add_clear(*group, context);
  add_rm(*group, context);
}

}  // namespace pk::cmd
