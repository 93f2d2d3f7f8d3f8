#include "export_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "base/text.h"

namespace pk::cmd {

namespace {

constexpr std::size_t k_read_bytes = 1024 * 1024;
constexpr std::string_view k_json_front = R"({"id":")";
constexpr std::size_t k_id_chars = 36;

// The id that a line begins with; `last` is its last byte.
std::optional<Uuid> id_of(ExportForm form, std::string_view front, char last) {
  const bool json = form == ExportForm::jsonl;
  if (json && (!front.starts_with(k_json_front) || last != '}')) return {};
  const std::string_view rest = json ? front.substr(k_json_front.size()) : front;
  const std::string_view after = rest.substr(std::min(k_id_chars, rest.size()));
  const bool ends = json ? after.starts_with('"') : after.empty() || after.starts_with(',');
  return ends ? Uuid::parse(rest.substr(0, k_id_chars)) : std::nullopt;
}

Error cannot(std::string_view what, const std::string& name, int error_number) {
  Error error = errno_error(fmt::format("cannot {} {}", what, visible(name, false)), error_number);
  error.code = Errc::io;
  return error;
}

}  // namespace

// Where the line that is being read ends in `bytes`, from its beginning or goes on there; npos: not in it.
std::size_t ExportedLines::line_end(std::string_view bytes) {
  if (m_form == ExportForm::jsonl) return bytes.find('\n');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '"') m_quoted = !m_quoted;
    if (bytes[i] == '\n' && !m_quoted) return i;
  }
  return std::string_view::npos;
}

Result<void> ExportedLines::feed(std::string_view bytes) {
  const std::size_t front_max = std::max(k_json_front.size() + k_id_chars + 1, m_header.size() + 1);
  while (!bytes.empty()) {
    const std::size_t end = line_end(bytes);
    const std::string_view line = bytes.substr(0, end);
    m_front.append(line.substr(0, front_max - std::min(front_max, m_front.size())));
    if (!line.empty()) m_last = line.back();
    m_bytes += line.size();
    if (end == std::string_view::npos) return {};
    ++m_bytes;
    PK_TRY(end_line());
    bytes.remove_prefix(end + 1);
  }
  return {};
}

Result<void> ExportedLines::end_line() {
  ++m_lines;
  const bool header = m_lines == 1 && !m_header.empty();
  const auto id = header ? std::nullopt : id_of(m_form, m_front, m_last);
  if (header && m_front != m_header)
    return Error{Errc::invalid, "its first line does not name the fields that are to be exported"};
  if (!header && !id) return Error{Errc::invalid, fmt::format("line {} is no exported record", m_lines)};
  if (id) m_exported.ids.push_back(*id);
  m_exported.bytes = m_bytes;
  m_front.clear();
  m_last = '\0';
  return {};
}

Exported ExportedLines::take() && {
  std::ranges::sort(m_exported.ids);
  m_exported.ids.erase(std::unique(m_exported.ids.begin(), m_exported.ids.end()), m_exported.ids.end());
  return std::move(m_exported);
}

Result<ExportFile> ExportFile::open(const std::string& name, Open open) {
  const bool is_stdout = name.empty() || name == "-";
  const int flags = O_CREAT | O_CLOEXEC | O_NOCTTY;
  int fd =
      is_stdout ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0) : ::open(name.c_str(), O_RDWR | flags, 0600);
  // A pipe's end, or a file that may only be written.
  if (fd < 0 && (errno == EACCES || errno == EINVAL) && open != Open::resume)
    fd = ::open(name.c_str(), O_WRONLY | flags, 0600);
  store::FileLock owned(fd);
  struct stat stat {};
  if (fd < 0 || ::fstat(fd, &stat) != 0) return cannot("open", is_stdout ? "the output" : name, errno);
  ExportFile file(std::move(owned), is_stdout ? "the output" : name, !is_stdout && S_ISREG(stat.st_mode));
  if (open == Open::resume && !file.m_is_file)
    return Error{Errc::invalid, "--resume goes on with a file, and " + visible(name, false) + " is none"};
  if (file.m_is_file) PK_TRY(file.empty(open));
  return file;
}

Result<void> ExportFile::empty(Open open) {
  if (::flock(m_fd.fd(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return Error{Errc::io, "another export is writing " + visible(m_name, false) + " just now"};
  struct stat stat {};
  if (::fstat(m_fd.fd(), &stat) != 0) return cannot("open", m_name, errno);
  if (open == Open::fresh && stat.st_size > 0)
    return Error{Errc::io, fmt::format("{} is there already; --resume appends what is new, -f writes it anew",
                                       visible(m_name, false))};
  if (open == Open::over && ::ftruncate(m_fd.fd(), 0) != 0) return cannot("write", m_name, errno);
  return {};
}

Result<Exported> ExportFile::mend(ExportForm form, const std::string& header) {
  ExportedLines lines(form, header);
  std::string buffer(k_read_bytes, '\0');
  while (true) {
    const ssize_t size = ::read(m_fd.fd(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return cannot("read", m_name, errno);
    if (size == 0) break;
    if (auto fed = lines.feed(std::string_view(buffer).substr(0, static_cast<std::size_t>(size))); !fed) {
      Error error = std::move(fed).error().within(visible(m_name, false));
      error.message += "; nothing was written, export to another file";
      error.code = Errc::io;
      return error;
    }
  }
  Exported exported = std::move(lines).take();
  const auto end = static_cast<off_t>(exported.bytes);
  if (::ftruncate(m_fd.fd(), end) != 0 || ::lseek(m_fd.fd(), end, SEEK_SET) < 0)
    return cannot("write", m_name, errno);
  return exported;
}

bool ExportFile::write(std::string_view text) {
  while (m_error_number == 0 && !text.empty()) {
    const ssize_t size = ::write(m_fd.fd(), text.data(), text.size());
    if (size < 0 && errno != EINTR) m_error_number = errno;
    if (size <= 0) continue;
    m_bytes += static_cast<std::uint64_t>(size);
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return m_error_number == 0;
}

Result<void> ExportFile::finish() {
  if (m_error_number == 0 && m_is_file && ::fsync(m_fd.fd()) != 0) m_error_number = errno;
  if (m_error_number == 0 || m_error_number == EPIPE) return {};
  return failure(m_error_number);
}

Error ExportFile::failure(int error_number) const {
  Error error = cannot("write", m_name, error_number);
  if (m_is_file) error.message += "; what was written stays, --resume goes on behind it";
  return error;
}

}  // namespace pk::cmd
