#include "store/compact_ask.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/text.h"
#include "store/locks.h"

namespace pk::store {

namespace {

using Path = std::filesystem::path;

// What an answer may fail with.
constexpr std::array k_codes = {Errc::invalid,  Errc::not_found, Errc::unauthorized,
                                Errc::limit,    Errc::timeout,   Errc::cancelled,
                                Errc::upstream, Errc::corrupt,   Errc::io};

Path ask_file(const Path& dir) {
  return dir / "compact.ask";
}
Path answer_file(const Path& dir) {
  return dir / "compact.answer";
}

std::string read(const Path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Under its name only once it is whole.
Result<void> write(const Path& file, const std::string& text) {
  const Path draft = file.string() + ".new";
  const FileLock fd(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (fd.fd() < 0) return errno_error(draft.string(), errno);
  if (::write(fd.fd(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return errno_error(draft.string(), errno);
  if (rename(draft.c_str(), file.c_str()) != 0) return errno_error(file.string(), errno);
  return {};
}

std::string text_of(const std::string& token, const Result<CompactReport>& report) {
  if (!report)
    return token + " " + std::string(errc_name(report.error().code)) + " " + report.error().message;
  return token + " ok " + std::to_string(report->bytes_before) + " " + std::to_string(report->bytes_after) +
         " " + std::to_string(report->held.count());
}

// The next word of a text; the text is then what follows it.
std::string_view word(std::string_view& text) {
  const std::size_t space = text.find(' ');
  const std::string_view found = text.substr(0, space);
  text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
  return found;
}

Result<CompactReport> report_of(std::string_view text) {
  const std::string_view how = word(text);
  if (how == "ok") {
    CompactReport report;
    report.bytes_before = parse_uint(word(text)).value_or(0);
    report.bytes_after = parse_uint(word(text)).value_or(0);
    report.held = std::chrono::microseconds(parse_uint(word(text)).value_or(0));
    return report;
  }
  for (const Errc code : k_codes)
    if (errc_name(code) == how) return Error{code, std::string(text)};
  return Error{Errc::io, "the server's answer cannot be read"};
}

}  // namespace

Result<std::string> ask_to_compact(const Path& dir) {
  static const SystemClock clock;
  const std::string token = UuidSource(clock, Rng::from_entropy()).next().text();
  unlink(answer_file(dir).c_str());  // of one who did not wait for it
  PK_TRY(write(ask_file(dir), token));
  return token;
}

bool is_unheard(const Path& dir, const std::string& token) {
  return read(ask_file(dir)) == token;
}

void withdraw_ask(const Path& dir) {
  unlink(ask_file(dir).c_str());
}

std::optional<Result<CompactReport>> take_answer(const Path& dir, const std::string& token) {
  const std::string text = read(answer_file(dir));
  std::string_view rest = text;
  if (word(rest) != token) return {};
  unlink(answer_file(dir).c_str());
  return report_of(rest);
}

std::optional<std::string> take_ask(const Path& dir) {
  if (access(ask_file(dir).c_str(), F_OK) != 0) return {};
  std::string token = read(ask_file(dir));
  if (unlink(ask_file(dir).c_str()) != 0 || !Uuid::parse(token)) return {};
  return token;
}

Result<void> answer_ask(const Path& dir, const std::string& token, const Result<CompactReport>& report) {
  return write(answer_file(dir), text_of(token, report));
}

}  // namespace pk::store
