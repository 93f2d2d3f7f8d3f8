#include "output.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "base/text.h"
#include "terminal.h"

namespace pk::cmd {

namespace {

constexpr std::size_t k_buffer_bytes = 64 * 1024;

bool is_installed(std::string_view program) {
  const char* path = std::getenv("PATH");
  for (std::string_view folder : split_list(path ? path : "", ':'))
    if (::access((std::filesystem::path(folder) / program).c_str(), X_OK) == 0) return true;
  return false;
}

// $PAGER; less where it is unset and less is there; "" for none.
std::string pager_command() {
  const char* set = std::getenv("PAGER");
  if (!set || !*set) return is_installed("less") ? "less" : "";
  return trim(set) == "cat" ? "" : set;
}

// 0 or the errno of the write that failed.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

}  // namespace

Output::Output(Paging paging) : m_fd(STDOUT_FILENO) {
  if (paging == Paging::on_terminal && stdout_is_terminal()) start_pager();
}

Output::~Output() {
  static_cast<void>(finish());
}

bool Output::write(std::string_view text) {
  if (!open()) return false;
  m_buffer.append(text);
  return m_buffer.size() < k_buffer_bytes || flush();
}

bool Output::flush() {
  if (m_before && !m_buffer.empty()) std::exchange(m_before, nullptr)();
  if (open()) m_error_number = write_all(m_fd, m_buffer);
  m_buffer.clear();
  return open();
}

Result<void> Output::finish() {
  flush();
  if (m_pager > 0) {
    ::close(m_fd);
    while (::waitpid(m_pager, nullptr, 0) < 0 && errno == EINTR) {
    }
    m_pager = -1;
    m_fd = STDOUT_FILENO;
  }
  if (open() || m_error_number == EPIPE) return {};
  return Error{Errc::io, errno_error("cannot write the output", m_error_number).message};
}

void Output::start_pager() {
  const std::string command = pager_command();
  int ends[2];
  if (command.empty() || ::pipe2(ends, O_CLOEXEC) != 0) return;
  // As others do: quit if it fits one screen, pass colours, leave the screen as it is.
  ::setenv("LESS", "FRX", 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGPIPE, SIG_DFL);
    ::signal(SIGINT, SIG_DFL);
    ::dup2(ends[0], STDIN_FILENO);
    ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(ends[0]);
  if (child < 0) {
    ::close(ends[1]);
    return;
  }
  ::signal(SIGINT, SIG_IGN);  // the pager's to handle while it runs
  m_pager = child;
  m_fd = ends[1];
}

}  // namespace pk::cmd
