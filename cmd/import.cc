// pk import: other gateways' logs into the ledger.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <memory>
#include <optional>

#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "imports/form.h"
#include "imports/splitter.h"
#include "ledger.h"
#include "progress.h"
#include "report.h"
#include "store/insert.h"
#include "words.h"

namespace pk::cmd {

namespace {

constexpr std::size_t k_read_bytes = 256 * 1024;

struct Flags {
  std::string file;
  bool dry_run = false;
  FormatFlags format;
};

bool is_stdin(const std::string& file) {
  return file == "-";
}

std::string name_of(const std::string& file) {
  return is_stdin(file) ? "standard input" : visible(file, false);
}

Error cannot_read(const std::string& file, int error_number) {
  Error error = errno_error(name_of(file), error_number);
  if (error.code == Errc::unauthorized) error.code = Errc::io;
  return error;
}

// A file as it is read, piece by piece.
class Source {
 public:
  static Result<Source> open(const std::string& file) {
    const int fd = is_stdin(file) ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                  : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return cannot_read(file, errno);
    store::FileLock owned(fd);
    struct stat stat {};
    const bool sized = ::fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode);
    if (S_ISDIR(stat.st_mode)) return cannot_read(file, EISDIR);
    return Source(std::move(owned), file, sized ? static_cast<std::uint64_t>(stat.st_size) : 0);
  }

  // The next bytes, good until the next call; none at the end.
  Result<std::string_view> next() {
    while (true) {
      const ssize_t size = ::read(m_fd.fd(), m_buffer.data(), m_buffer.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) return cannot_read(m_file, errno);
      m_done += static_cast<std::uint64_t>(size);
      return std::string_view(m_buffer).substr(0, static_cast<std::size_t>(size));
    }
  }
  std::uint64_t done() const { return m_done; }
  std::uint64_t size() const { return m_size; }  // 0: not known

 private:
  Source(store::FileLock fd, std::string file, std::uint64_t size)
      : m_fd(std::move(fd)), m_file(std::move(file)), m_size(size), m_buffer(k_read_bytes, '\0') {}

  store::FileLock m_fd;
  std::string m_file;
  std::uint64_t m_size;
  std::uint64_t m_done = 0;
  std::string m_buffer;
};

// What came of the rows.
struct Tally {
  std::uint64_t rows = 0;
  std::uint64_t broken = 0;
  std::string first_broken;
  std::map<std::string, std::uint64_t, std::less<>> forms;
};

class Importer {
 public:
  Importer(store::Env* env, bool dry_run)
      : m_inserter(env, dry_run),
        m_splitter([this](std::uint64_t line, const Result<imports::Row>& row) { take(line, row); }) {}

  // What was written before an error stays.
  Result<void> all(Source& source) {
    Progress progress("kB read", source.size() / 1000);
    while (!m_error) {
      PK_ASSIGN(const std::string_view bytes, source.next());
      if (bytes.empty()) break;
      m_splitter.feed(bytes);
      progress.at(source.done() / 1000, counted(m_tally.rows) + " logs");
    }
    if (!m_error) m_splitter.finish();
    check_header();
    if (!m_error) m_error = failed(m_inserter.finish());
    if (m_error) return *std::move(m_error);
    return {};
  }

  const Tally& tally() const { return m_tally; }
  const store::Inserter& inserter() const { return m_inserter; }

 private:
  static std::string counted(std::uint64_t n) { return thousands(static_cast<std::int64_t>(n)); }
  static std::optional<Error> failed(Result<void> done) {
    return done ? std::nullopt : std::optional<Error>(std::move(done).error());
  }

  void take(std::uint64_t line, const Result<imports::Row>& row) {
    if (m_error) return;
    if (!row) return take_broken(line, row.error());
    const auto record = imports::to_record(*row);
    if (!record) return take_broken(line, record.error());
    ++m_tally.rows;
    ++m_tally.forms[std::string(imports::name_of(*imports::form_of(*row)))];
    m_error = failed(m_inserter.add(*record));
  }

  // A text of one line would pass for the header of an export without rows.
  void check_header() {
    const std::vector<std::string>& names = m_splitter.header();
    if (names.empty() || m_tally.rows + m_tally.broken > 0) return;
    const auto header = imports::Row::of_cells(names, names);
    if (!header || !imports::form_of(*header))
      take_broken(1, {Errc::invalid, "it is no export of LiteLLM or Portkey"});
  }

  void take_broken(std::uint64_t line, const Error& error) {
    if (m_tally.broken++ == 0) m_tally.first_broken = fmt::format("line {}: {}", line, error.message);
  }

  store::Inserter m_inserter;
  imports::Splitter m_splitter;
  Tally m_tally;
  std::optional<Error> m_error;
};

Fact count_fact(std::string name, std::uint64_t count, std::string_view label = {}) {
  return {std::move(name), fmt::format("{}", count), thousands(static_cast<std::int64_t>(count)), label};
}

std::string forms_text(const Tally& tally) {
  std::string text;
  for (const auto& [form, count] : tally.forms) text.append(text.empty() ? "" : ", ").append(form);
  return text;
}

std::vector<Fact> facts_of(const Importer& importer, bool dry_run) {
  const Tally& tally = importer.tally();
  std::string forms;
  for (const auto& [form, count] : tally.forms)
    forms += fmt::format("{}\"{}\":{}", forms.empty() ? "" : ",", form, count);
  return {count_fact("imported", importer.inserter().inserted(), dry_run ? "would import" : ""),
          count_fact("present", importer.inserter().present(), "there already"),
          count_fact("broken", tally.broken),
          {"forms", "{" + forms + "}", forms_text(tally), "from"}};
}

Result<Exit> import_from(const Context& context, const Flags& flags, const Report& report, Source& source,
                         store::Env* env) {
  Importer importer(env, flags.dry_run);
  auto done = importer.all(source);
  const Tally& tally = importer.tally();
  if (!done)
    return std::move(done).error().within(fmt::format(
        "{} logs are imported, the rest is not; import the file again", importer.inserter().inserted()));
  PK_TRY(report.print(facts_of(importer, flags.dry_run), context.color));
  if (tally.broken == 0) return Exit::done;
  complain(fmt::format("{} {} of {} {} left out; {}", thousands(static_cast<std::int64_t>(tally.broken)),
                       tally.broken == 1 ? "row" : "rows", name_of(flags.file),
                       tally.broken == 1 ? "is" : "are", tally.first_broken));
  return Exit::failed;
}

Result<Exit> run(const Context& context, const Flags& flags) {
  PK_ASSIGN(const Report report, Report::prepare(flags.format));
  // Before a ledger is made for it.
  PK_ASSIGN(Source source, Source::open(flags.file));
  const Access access = flags.dry_run ? Access::read : Access::create;
  return with_ledger(context, access, [&](const std::shared_ptr<store::Env>& env) {
    return import_from(context, flags, report, source, env.get());
  });
}

}  // namespace

void add_import(CLI::App& app, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand("import", "Take in the logs of LiteLLM or Portkey");
  command->add_option("FILE", flags->file, "JSON lines, a JSON array, or CSV with a header; - is stdin")
      ->required()
      ->type_name("");
  command->add_flag("--dry-run", flags->dry_run, "Import nothing, print the same numbers");
  add_format_flags(*command, flags->format, false);
  command->callback([&context, flags] { context.run = [&context, flags] { return run(context, *flags); }; });
}

}  // namespace pk::cmd
