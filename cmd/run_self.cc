#include "run_self.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "command.h"

namespace pk::cmd {

namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds k_ask_step{100};  // whether it is given up

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) == 0) read = ends[0], write = ends[1];
  }
  ~Pipe() {
    close_write();
    if (read >= 0) ::close(read);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_write() {
    if (write >= 0) ::close(std::exchange(write, -1));
  }
  int read = -1, write = -1;
};

// The child begins with no signal blocked and no file open but the two pipes.
int spawn(const std::vector<std::string>& arguments, const Pipe& out, const Pipe& err, pid_t& child) {
  std::vector<char*> argv;
  std::string name = "pk";
  argv.push_back(name.data());
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t how;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawnattr_init(&how);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files, out.write, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, err.write, STDERR_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  sigset_t none, usual;
  sigemptyset(&none);
  sigemptyset(&usual);
  sigaddset(&usual, SIGPIPE);
  sigaddset(&usual, SIGXFSZ);
  ::posix_spawnattr_setsigmask(&how, &none);
  ::posix_spawnattr_setsigdefault(&how, &usual);
  ::posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int failed = ::posix_spawn(&child, "/proc/self/exe", &files, &how, argv.data(), environ);
  ::posix_spawnattr_destroy(&how);
  ::posix_spawn_file_actions_destroy(&files);
  return failed;
}

// Reads both until both are closed. timeout: not in time, or too much.
Result<void> read_all(const Pipe& out, const Pipe& err, const std::function<bool()>& given_up,
                      std::string& output, std::string& complaint) {
  const Error too_much{Errc::timeout, "it took too long, or gave too much"};
  std::array<pollfd, 2> ends{pollfd{out.read, POLLIN, 0}, pollfd{err.read, POLLIN, 0}};
  std::array<std::string*, 2> texts{&output, &complaint};
  const auto deadline = SteadyClock::now() + k_self_wait_max;
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    if (given_up && given_up()) return Error{Errc::cancelled, "whoever wanted it has gone"};
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - SteadyClock::now());
    const auto wait = std::min(left, k_ask_step);
    if (left.count() <= 0 || ::poll(ends.data(), ends.size(), static_cast<int>(wait.count())) < 0)
      return too_much;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (ends[i].fd < 0 || ends[i].revents == 0) continue;
      std::array<char, 16 * 1024> bytes{};
      const ssize_t size = ::read(ends[i].fd, bytes.data(), bytes.size());
      if (size <= 0) ends[i].fd = -1;
      if (size > 0) texts[i]->append(bytes.data(), static_cast<std::size_t>(size));
      if (texts[i]->size() > k_self_output_bytes_max) return too_much;
    }
  }
  return {};
}

Errc code_of(int exit) {
  if (exit == static_cast<int>(Exit::usage)) return Errc::invalid;
  return exit == static_cast<int>(Exit::not_found) ? Errc::not_found : Errc::io;
}

// "pk: …\n" → "…"
std::string words_of(std::string_view complaint) {
  if (complaint.starts_with("pk: ")) complaint.remove_prefix(4);
  return std::string(trim(complaint));
}

}  // namespace

Result<std::string> run_self(const std::vector<std::string>& arguments,
                             const std::function<bool()>& given_up) {
  Pipe out, err;
  if (out.read < 0 || err.read < 0) return Error{Errc::io, "no pipe could be made"};
  pid_t child = -1;
  if (const int failed = spawn(arguments, out, err, child); failed != 0)
    return errno_error("another pk could not be started", failed);
  out.close_write();
  err.close_write();
  std::string output, complaint;
  const Result<void> whole = read_all(out, err, given_up, output, complaint);
  if (!whole) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!whole) return whole.error();
  if (!WIFEXITED(status)) return Error{Errc::corrupt, "another pk was ended by a signal; see pk verify"};
  if (WEXITSTATUS(status) == 0) return output;
  return Error{code_of(WEXITSTATUS(status)), words_of(complaint)};
}

}  // namespace pk::cmd
