#include "support/run_pk.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include "support/tool_environment.h"

namespace pk::test {

namespace {

constexpr int k_pipe_room = 65'536, k_pipe_room_max = 1'048'576;  // pipe(7)

struct Ends {
  int ours, theirs;
};

// Into the pipe's own room, so that nobody waits.
void fill(int pipe, const std::string& input) {
  const auto size = static_cast<ssize_t>(input.size());
  if (size > k_pipe_room_max || (size > k_pipe_room && ::fcntl(pipe, F_SETPIPE_SZ, k_pipe_room_max) < 0) ||
      ::write(pipe, input.data(), input.size()) != size)
    throw std::runtime_error("input too large");
}

Ends make_pipe(bool we_read) {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return we_read ? Ends{fds[0], fds[1]} : Ends{fds[1], fds[0]};
}

Ends make_terminal(unsigned short columns) {
  Ends ends{};
  winsize size{};
  size.ws_col = columns;
  size.ws_row = 50;
  termios raw{};
  ::cfmakeraw(&raw);
  if (::openpty(&ends.ours, &ends.theirs, nullptr, &raw, &size) != 0) throw std::runtime_error("no terminal");
  ::fcntl(ends.ours, F_SETFD, FD_CLOEXEC);
  return ends;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

// In the child.
[[noreturn]] void become_pk(const PkCall& call, int in, int out, int err) {
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  std::vector<std::string> arguments = {PK_BINARY};
  arguments.insert(arguments.end(), call.arguments.begin(), call.arguments.end());
  const char* path = std::getenv("PATH");
  std::vector<std::string> environment = call.environment;  // first: of two of a name, the first counts
  environment.insert(environment.end(), {"HOME=/nonexistent", "TZ=UTC", "PAGER=cat", "TERM=xterm",
                                         std::string("PATH=") + (path ? path : "")});
  const std::vector<std::string> tools = tool_environment();
  environment.insert(environment.end(), tools.begin(), tools.end());
  ::execve(PK_BINARY, pointers(arguments).data(), pointers(environment).data());
  ::_exit(127);
}

// False at the end. A terminal's other side closing reads as EIO.
bool append_from(int fd, std::string& to) {
  std::array<char, 65536> buffer;
  const ssize_t n = ::read(fd, buffer.data(), buffer.size());
  if (n > 0) to.append(buffer.data(), static_cast<std::size_t>(n));
  return n > 0 || (n < 0 && errno == EINTR);
}

}  // namespace

PkProcess::PkProcess(const PkCall& call) {
  const Ends in = make_pipe(false), err = make_pipe(true);
  fill(in.ours, call.input);  // before pk is there, which may end without reading it
  ::close(in.ours);
  Ends out = call.terminal ? make_terminal(call.columns) : make_pipe(true);
  if (call.full_output) {
    ::close(out.theirs);
    out.theirs = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  }
  m_pid = ::fork();
  if (m_pid == 0) become_pk(call, in.theirs, out.theirs, err.theirs);
  ::close(in.theirs);
  ::close(out.theirs);
  ::close(err.theirs);
  m_out = out.ours;
  m_err = err.ours;
}

PkProcess::~PkProcess() {
  if (m_pid > 0) {
    ::kill(m_pid, SIGKILL);
    wait();
  }
}

void PkProcess::read_some() {
  std::array<pollfd, 2> fds{{{m_out, POLLIN, 0}, {m_err, POLLIN, 0}}};
  if (::poll(fds.data(), fds.size(), -1) < 0) return;
  if (fds[0].revents != 0 && !append_from(m_out, m_got.out)) close_output();
  if (fds[1].revents != 0 && !append_from(m_err, m_got.err)) {
    ::close(m_err);
    m_err = -1;
  }
}

std::string PkProcess::read_line() {
  std::size_t end = 0;
  while ((end = m_got.out.find('\n')) == std::string::npos && m_out >= 0) read_some();
  if (end == std::string::npos) return {};
  std::string line = m_got.out.substr(0, end);
  m_got.out.erase(0, end + 1);
  return line;
}

void PkProcess::close_output() {
  if (m_out >= 0) ::close(m_out);
  m_out = -1;
}

void PkProcess::signal(int number) const {
  ::kill(m_pid, number);
}

bool PkProcess::ended() const {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(m_pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid != 0;
}

PkOutcome PkProcess::wait() {
  while (m_out >= 0 || m_err >= 0) read_some();
  int status = 0;
  while (m_pid > 0 && ::waitpid(m_pid, &status, 0) < 0 && errno == EINTR) {
  }
  m_pid = -1;
  m_got.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return m_got;
}

PkOutcome call_pk(const PkCall& call) {
  return PkProcess(call).wait();
}

}  // namespace pk::test
