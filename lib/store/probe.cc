#include "store/probe.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "store/env.h"
#include "store/meta_page.h"
#include "store/walk.h"

namespace pk::store {

namespace {

constexpr int k_crash_signals[] = {SIGBUS, SIGSEGV, SIGABRT, SIGILL, SIGFPE};

constexpr std::string_view k_damaged =
    "the ledger is damaged: `pk verify` tells how far, move it away or put a backup in its place";

bool is_crash(int signal) {
  for (const int crash : k_crash_signals)
    if (signal == crash) return true;
  return false;
}

// In the child: die by a crash at once and quietly, and with the parent.
void become_expendable(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  prctl(PR_SET_DUMPABLE, 0);
  for (const int crash : k_crash_signals) signal(crash, SIG_DFL);
  if (getppid() != parent) _exit(1);
}

Result<int> wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return errno_error("cannot wait for a child process", errno);
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  if (!is_crash(WTERMSIG(status))) return 128 + WTERMSIG(status);
  return Error{Errc::corrupt, std::string("a page of it cannot be read, ") + strsignal(WTERMSIG(status))};
}

Result<void> walk_to(const Env& env, ProbeDepth depth) {
  switch (depth) {
    case ProbeDepth::saved:
      return walk_saved(env);
    case ProbeDepth::tail:
      return walk_tail(env);
    case ProbeDepth::whole:
      break;
  }
  return walk_whole(env);
}

Result<void> walk(const std::filesystem::path& dir, ProbeDepth depth) {
  Result<std::shared_ptr<Env>> env = Env::open(dir, Mode::read_only);
  if (!env) {
    if (env.error().code == Errc::not_found) return {};
    return std::move(env).error();
  }
  const Result<void> walked = walk_to(**env, depth);
  if (walked) return {};
  return damaged_file((dir / k_ledger_file).string(), walked.error().message);
}

// What the child found, sent as one byte for the code and the message.
void send(int fd, const Error& error) {
  std::string text(1, static_cast<char>(error.code));
  text += error.message;
  std::size_t sent = 0;
  while (sent < text.size()) {
    const ssize_t size = write(fd, text.data() + sent, text.size() - sent);
    if (size <= 0) return;
    sent += static_cast<std::size_t>(size);
  }
}

std::string receive(int fd) {
  std::string text;
  char buffer[4096];
  while (true) {
    const ssize_t size = read(fd, buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(size));
  }
}

}  // namespace

Result<void> probe(const std::filesystem::path& dir, ProbeDepth depth) {
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) return errno_error("cannot probe the ledger", errno);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) {
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    return errno_error("cannot probe the ledger", errno);
  }
  if (child == 0) {
    become_expendable(parent);
    const int null = fileno(fopen("/dev/null", "w"));
    dup2(null, STDERR_FILENO);  // LMDB prints the assertion it dies of
    const Result<void> walked = walk(dir, depth);
    if (!walked) send(pipe_ends[1], walked.error());
    _exit(walked ? 0 : 1);
  }
  close(pipe_ends[1]);
  const std::string text = receive(pipe_ends[0]);
  close(pipe_ends[0]);
  Result<int> ended = wait_for(child);
  const std::string file = (dir / k_ledger_file).string();
  if (!ended) return damaged_file(file, ended.error().message);
  if (*ended == 0) return {};
  if (text.empty()) return Error{Errc::io, "the probe of " + file + " was ended"};
  return Error{static_cast<Errc>(text[0]), text.substr(1)};
}

Result<int> run_guarded(const std::function<int()>& work) {
  fflush(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return errno_error("cannot start a reading process", errno);
  if (child == 0) {
    become_expendable(parent);
    const int code = work();
    fflush(nullptr);
    _exit(code);
  }
  Result<int> ended = wait_for(child);
  if (ended) return ended;
  return std::move(ended).error().within(k_damaged);
}

void end_with_a_line() {
  // What the handler writes is made before: it may be called anywhere, in the middle of an allocation too.
  static const std::string line = "pk: " + std::string(k_damaged) + ": a page of it cannot be read\n";
  static char stack[64 * 1024];  // the usual one may be what overflowed
  stack_t other{};
  other.ss_sp = stack;
  other.ss_size = sizeof stack;
  sigaltstack(&other, nullptr);
  struct sigaction action {};
  action.sa_flags = SA_ONSTACK;
  // Other threads may meet the damage too: the first one speaks and ends the process, the others wait for
  // that. What the handler itself met would end it by the signal.
  for (const int crash : k_crash_signals) sigaddset(&action.sa_mask, crash);
  static std::atomic_flag said;
  action.sa_handler = [](int) {
    while (said.test_and_set()) pause();
    const ssize_t ignored = write(STDERR_FILENO, line.data(), line.size());
    static_cast<void>(ignored);  // nowhere left to say it
    _exit(1);
  };
  for (const int crash : k_crash_signals) sigaction(crash, &action, nullptr);
}

}  // namespace pk::store
