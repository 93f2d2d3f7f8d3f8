// pk backup: a copy of the ledger, while others write it.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include "base/json.h"
#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "ledger.h"
#include "progress.h"
#include "report.h"
#include "store/reader.h"
#include "words.h"

namespace pk::cmd {

namespace {

namespace fs = std::filesystem;

struct Flags {
  std::string file;
  bool over = false;
  FormatFlags format;
};

std::uint64_t size_of(const fs::path& file) {
  struct stat stat {};
  return ::stat(file.c_str(), &stat) == 0 ? static_cast<std::uint64_t>(stat.st_size) : 0;
}

Error cannot_write(const fs::path& file, int error_number) {
  Error error = errno_error("cannot write " + visible(file.string(), false), error_number);
  error.code = Errc::io;
  return error;
}

// A folder is given: the copy has the ledger's name in it, and opens with --data.
fs::path target_of(const std::string& file) {
  std::error_code ignored;
  const fs::path given(file);
  return fs::is_directory(given, ignored) || file.ends_with('/') ? given / store::k_ledger_file : given;
}

Result<void> check_target(const fs::path& target, const fs::path& ledger, bool over) {
  std::error_code ignored;
  if (fs::equivalent(target, ledger, ignored))
    return Error{Errc::invalid, visible(target.string(), false) + " is the ledger itself; name another file"};
  if (!over && fs::exists(fs::symlink_status(target, ignored)))
    return Error{Errc::io, visible(target.string(), false) +
                               " is there already; name another file, or -f writes over it"};
  return {};
}

// On a thread, for LMDB does not tell how far it is: the file's size does.
Result<void> copy(const store::Env& env, const fs::path& to) {
  std::atomic<bool> over = false;
  Result<void> done;
  std::thread copying([&] {
    done = env.copy_to(to, true);
    over = true;
  });
  std::uint64_t total = 0;
  if (const auto size = env.size()) total = size->used_bytes;
  Progress progress("MB copied", total / 1'000'000);
  while (!over) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    progress.at(size_of(to) / 1'000'000);
  }
  copying.join();
  if (!done) return Error{Errc::io, std::move(done).error().message};
  return {};
}

// The new name is given to a whole file, or to none: what is there stays until then.
Result<void> give_name(const fs::path& from, const fs::path& to, bool over) {
  const int done = over ? ::rename(from.c_str(), to.c_str()) : ::link(from.c_str(), to.c_str());
  const int error_number = errno;
  if (!over || done != 0) ::unlink(from.c_str());
  if (done != 0) return cannot_write(to, error_number);
  const fs::path folder = to.parent_path().empty() ? fs::path(".") : to.parent_path();
  const store::FileLock fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.fd() >= 0 && ::fsync(fd.fd()) != 0) return cannot_write(to, errno);
  return {};
}

Result<Exit> work(const Context& context, const Flags& flags, const Report& report,
                  const std::shared_ptr<store::Env>& env) {
  if (!env)
    return Error{Errc::not_found,
                 "there is no ledger in " + context.data.string() + "; --data names its folder"};
  const fs::path target = target_of(flags.file);
  PK_TRY(check_target(target, context.data / store::k_ledger_file, flags.over));
  fs::path part = target;
  part += ".part";
  ::unlink(part.c_str());  // of a run that was cut off
  PK_TRY(copy(*env, part));
  PK_TRY(give_name(part, target, flags.over));
  PK_ASSIGN(const std::uint64_t records, store::LogReader(env).count());
  const std::uint64_t bytes = size_of(target);
  PK_TRY(
      report.print({{"file", json_string(target.string()), target.string()},
                    {"bytes", fmt::format("{}", bytes), human_bytes(bytes), "size"},
                    {"records", fmt::format("{}", records), thousands(static_cast<std::int64_t>(records))}},
                   context.color));
  return Exit::done;
}

Result<Exit> run(const Context& context, const Flags& flags) {
  PK_ASSIGN(const Report report, Report::prepare(flags.format));
  return with_ledger(context, Access::read, [&](const std::shared_ptr<store::Env>& env) {
    return work(context, flags, report, env);
  });
}

}  // namespace

void add_backup(CLI::App& app, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand("backup", "Copy the ledger, also while it is served");
  command->add_option("FILE", flags->file, "Where to; in a folder it is called ledger.mdb")
      ->required()
      ->type_name("");
  command->add_flag("-f,--force", flags->over, "Write over a FILE that is there");
  add_format_flags(*command, flags->format, false);
  command->callback([&context, flags] { context.run = [&context, flags] { return run(context, *flags); }; });
}

}  // namespace pk::cmd
