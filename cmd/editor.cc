#include "editor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "config/settings.h"
#include "input.h"
#include "store/locks.h"

namespace pk::cmd {

namespace {

std::string editor_command() {
  for (const char* name : {"VISUAL", "EDITOR"})
    if (const auto set = config::process_environment(name)) return *set;
  return "vi";
}

// An interrupt is the editor's to handle; when pk dies of something else, it goes on.
Result<int> run(const std::string& command, const std::filesystem::path& file) {
  struct sigaction ignore {
  }, before{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGINT, &ignore, &before);
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGPIPE, SIG_DFL);
    // As git does: the variable may have arguments of its own.
    ::execl("/bin/sh", "sh", "-c", (command + " \"$@\"").c_str(), command.c_str(), file.c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  ::sigaction(SIGINT, &before, nullptr);
  if (child < 0) return errno_error("cannot start the editor", errno);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<Draft> Draft::make(std::string_view text, std::string_view file_name) {
  std::error_code ignored;
  const std::filesystem::path base = std::filesystem::temp_directory_path(ignored);
  std::string folder = ((base.empty() ? "/tmp" : base) / "pk-edit-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return errno_error(folder, errno);  // 0700
  Draft draft(std::filesystem::path(folder) / file_name);
  const store::FileLock fd(::open(draft.m_file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (fd.fd() < 0) return errno_error(draft.m_file.string(), errno);
  while (!text.empty()) {
    const ssize_t size = ::write(fd.fd(), text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno_error(draft.m_file.string(), errno);
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return draft;
}

Draft::Draft(Draft&& other) noexcept : m_file(std::move(other.m_file)), m_keep(other.m_keep) {
  other.m_file.clear();
}

Draft::~Draft() {
  if (m_file.empty() || m_keep) return;
  std::error_code ignored;
  std::filesystem::remove_all(m_file.parent_path(), ignored);
}

Result<std::string> Draft::edit(std::size_t bytes_max) const {
  const std::string command = editor_command();
  PK_ASSIGN(const int ended, run(command, m_file));
  if (ended != 0)
    return Error{Errc::io, fmt::format("the editor '{}' ended with {}; nothing was done", command, ended)};
  return read_input(m_file.string(), bytes_max);
}

const std::filesystem::path& Draft::keep() {
  m_keep = true;
  return m_file;
}

Result<bool> edit_text(std::string_view before, std::string_view file_name, std::size_t bytes_max,
                       const std::function<Result<void>(const std::string& after)>& save) {
  PK_ASSIGN(Draft draft, Draft::make(before, file_name));
  Result<std::string> after = draft.edit(bytes_max);
  if (!after && after.error().code == Errc::io) return std::move(after).error();
  if (after && *after == before) return false;
  Result<void> saved = after ? save(*after) : std::move(after).error();
  if (saved) return true;
  Error error = std::move(saved).error();
  error.message += "; your text is in " + draft.keep().string();
  return error;
}

}  // namespace pk::cmd
