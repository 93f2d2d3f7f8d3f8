#include "ledger.h"

#include "store/probe.h"
#include "store/reader.h"
#include "store/writer.h"

namespace pk::cmd {

namespace {

using store::Env;
using EnvPtr = std::shared_ptr<Env>;

// A ledger that cannot be opened is a failure (1): neither wrong usage, though its format may be too new, nor
// refused, which is what pk itself does not permit.
Result<EnvPtr> as_failure(Result<EnvPtr> env) {
  if (env || (env.error().code != Errc::unauthorized && env.error().code != Errc::invalid)) return env;
  return Error{Errc::io, env.error().message};
}

Result<EnvPtr> open_if_there(const std::filesystem::path& folder, store::Mode mode) {
  std::error_code ignored;
  if (std::filesystem::exists(folder, ignored) && !std::filesystem::is_directory(folder, ignored))
    return Error{Errc::io, folder.string() + " is no folder; --data names the folder of the ledger"};
  if (!std::filesystem::exists(folder / store::k_ledger_file, ignored) && !ignored) return EnvPtr{};
  auto env = as_failure(Env::open(folder, mode));
  if (!env && env.error().code == Errc::not_found) return EnvPtr{};
  return env;
}

Result<EnvPtr> open_as(const std::filesystem::path& folder, Access access) {
  if (access == Access::read) return open_to_read(folder);
  if (access == Access::change) return open_if_there(folder, store::Mode::read_write);
  return as_failure(Env::open(folder, store::Mode::read_write));
}

}  // namespace

Result<EnvPtr> open_to_read(const std::filesystem::path& folder) {
  auto env = open_if_there(folder, store::Mode::read_only);
  if (!env || !*env) return env;
  // Opened before its first writer had made the tables: this view of it would never have any.
  if (!(*env)->table(store::Table::records)) return EnvPtr{};
  const auto open = store::LogReader(*env).open_ids();
  if (!open || open->empty()) return env;
  env = EnvPtr{};  // one environment per file
  auto writable = Env::open(folder, store::Mode::read_write);
  if (!writable) return open_if_there(folder, store::Mode::read_only);
  static_cast<void>(store::promote_interrupted(**writable));  // the list is then without them, no worse
  return writable;
}

Result<Exit> with_ledger(const Context& context, Access access,
                         const std::function<Result<Exit>(EnvPtr)>& work) {
  guard();
  PK_ASSIGN(EnvPtr env, open_as(context.data, access));
  return work(std::move(env));
}

void guard() {
  store::end_with_a_line();
}

}  // namespace pk::cmd
