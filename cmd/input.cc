#include "input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>

#include "command.h"
#include "store/locks.h"
#include "store/saved_virtual_keys.h"

namespace pk::cmd {

namespace {

std::string name_of(const std::string& file) {
  return file.empty() || file == "-" ? "standard input" : file;
}

// A file that may not be read is a failure of the system, not pk's refusal.
Error cannot_read(const std::string& file, int error_number) {
  Error error = errno_error(name_of(file), error_number);
  if (error.code == Errc::unauthorized) error.code = Errc::io;
  return error;
}

// As long as a secret is typed: no echo, and the terminal as it was on every way out.
class Hushed {
 public:
  Hushed() {
    if (::tcgetattr(STDIN_FILENO, &m_before) != 0) return;
    struct sigaction leave {};
    leave.sa_handler = [](int) {};  // without SA_RESTART: the read ends, and so does this object
    for (std::size_t i = 0; i < std::size(k_signals); ++i) ::sigaction(k_signals[i], &leave, &m_actions[i]);
    m_armed = true;
    termios hushed = m_before;
    hushed.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    m_hushed = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hushed) == 0;
  }
  ~Hushed() {
    if (m_hushed) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &m_before);
    if (!m_armed) return;
    for (std::size_t i = 0; i < std::size(k_signals); ++i) ::sigaction(k_signals[i], &m_actions[i], nullptr);
    if (m_hushed) std::cerr << "\n";
  }
  Hushed(const Hushed&) = delete;
  Hushed& operator=(const Hushed&) = delete;

 private:
  static constexpr int k_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  termios m_before{};
  struct sigaction m_actions[std::size(k_signals)]{};
  bool m_armed = false, m_hushed = false;
};

// What a terminal gives at once is a line.
Result<std::string> read_typed(const std::string& prompt) {
  std::cerr << prompt << std::flush;
  std::string line(store::k_virtual_key_bytes_max + 1, '\0');
  ssize_t size = 0;
  int error_number = 0;
  {
    const Hushed hushed;
    size = ::read(STDIN_FILENO, line.data(), line.size());
    error_number = errno;
  }
  if (size < 0 && error_number == EINTR) return Error{Errc::cancelled, "interrupted; nothing was saved"};
  if (size < 0) return cannot_read("-", error_number);
  line.resize(static_cast<std::size_t>(size));
  return line;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

Result<std::string> read_input(const std::string& file, std::size_t bytes_max) {
  const bool is_stdin = file.empty() || file == "-";
  const store::FileLock fd(is_stdin ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                    : ::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.fd() < 0) return cannot_read(file, errno);
  if (is_stdin && ::isatty(STDIN_FILENO) == 1) std::cerr << "reading the terminal, to its end (Ctrl-D)\n";
  std::string text;
  char buffer[16 * 1024];
  while (true) {
    const ssize_t size = ::read(fd.fd(), buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return cannot_read(file, errno);
    if (size == 0) return text;
    text.append(buffer, static_cast<std::size_t>(size));
    if (text.size() > bytes_max)
      return Error{Errc::invalid,
                   fmt::format("{} is too long: at most {} kB are taken", name_of(file), bytes_max / 1024)};
  }
}

bool stdin_is_given() {
  struct stat in {};
  return ::fstat(STDIN_FILENO, &in) == 0 &&
         (S_ISFIFO(in.st_mode) || S_ISSOCK(in.st_mode) || S_ISREG(in.st_mode));
}

Result<config::Secret> read_secret(const std::optional<std::string>& file, const std::string& prompt) {
  const bool typed = (!file || *file == "-") && ::isatty(STDIN_FILENO) == 1;
  PK_ASSIGN(std::string text,
            typed ? read_typed(prompt) : read_input(file.value_or("-"), store::k_virtual_key_bytes_max));
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  if (std::any_of(text.begin(), text.end(), is_control))
    return Error{Errc::invalid, "the secret is to be one line, without control characters"};
  return config::Secret(std::move(text));
}

}  // namespace pk::cmd
