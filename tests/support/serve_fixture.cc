#include "support/serve_fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/tool_environment.h"
#include "support/wait_until.h"

namespace pk::test {
namespace {

namespace fs = std::filesystem;

constexpr int k_start_wait_max_ms = 30'000;
// linux/capability.h: reading and writing past a file's permission bits, for the user root.
constexpr int k_cap_dac_override = 1;
constexpr int k_cap_dac_read_search = 2;
constexpr int k_cap_fowner = 3;

struct Child {
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  int out = -1;
  int err = -1;
  std::optional<std::uint64_t> file_bytes_max;
  bool file_rights_of_root = true;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

void limit_self(const Child& child) {
  if (child.file_bytes_max) {
    const rlimit limit{*child.file_bytes_max, *child.file_bytes_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  if (!child.file_rights_of_root)
    for (int capability : {k_cap_dac_override, k_cap_dac_read_search, k_cap_fowner})
      prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
}

pid_t start(Child child) {
  std::vector<char*> arguments = pointers(child.arguments);
  std::vector<char*> environment = pointers(child.environment);
  const pid_t pid = fork();
  if (pid < 0) throw std::runtime_error("cannot fork");
  if (pid > 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that crashes leaves nothing behind
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(child.out, STDOUT_FILENO);
  dup2(child.err, STDERR_FILENO);
  limit_self(child);
  execve(PK_BINARY, arguments.data(), environment.data());
  _exit(127);
}

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

std::vector<std::string> environment_in(const fs::path& home, const std::vector<std::string>& more) {
  std::vector<std::string> environment{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=" + home.string(),
                                       "XDG_CONFIG_HOME=" + (home / "config").string(),
                                       "XDG_DATA_HOME=" + (home / "share").string()};
  const std::vector<std::string> tools = tool_environment();
  environment.insert(environment.end(), tools.begin(), tools.end());
  environment.insert(environment.end(), more.begin(), more.end());
  return environment;
}

std::string content_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

int open_to_write(const fs::path& file) {
  return open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

}  // namespace

PkRun run_pk(const fs::path& data, const std::vector<std::string>& arguments) {
  TempFolder folder;
  Child child;
  child.arguments = {PK_BINARY, "--data", data.string()};
  child.arguments.insert(child.arguments.end(), arguments.begin(), arguments.end());
  child.environment = environment_in(folder.path(), {});
  child.out = open_to_write(folder.path() / "out");
  child.err = open_to_write(folder.path() / "err");
  const int exit = wait_for(start(child));
  close(child.out);
  close(child.err);
  return {exit, content_of(folder.path() / "out"), content_of(folder.path() / "err")};
}

Serve::Serve(ServeOptions options) : m_data(options.data.value_or(m_folder.path() / "data")) {
  std::array<int, 2> out{};
  if (pipe2(out.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  Child child;
  child.arguments = {PK_BINARY, "--data", m_data.string(), "serve", "--listen", options.listen};
  child.arguments.insert(child.arguments.end(), options.flags.begin(), options.flags.end());
  child.environment = environment_in(m_folder.path(), options.environment);
  child.out = out[1];
  child.err = open_to_write(m_folder.path() / "stderr");
  child.file_bytes_max = options.file_bytes_max;
  child.file_rights_of_root = options.file_rights_of_root;
  m_pid = start(child);
  close(out[1]);
  close(child.err);
  m_stdout = out[0];
  read_ready_line(m_stdout);
}

Serve::~Serve() {
  if (m_pid > 0) kill9();
  close(m_stdout);
}

void Serve::read_ready_line(int fd) {
  std::string line;
  pollfd readable{fd, POLLIN, 0};
  while (line.find('\n') == std::string::npos && poll(&readable, 1, k_start_wait_max_ms) > 0) {
    std::array<char, 256> buffer;
    const ssize_t got = read(fd, buffer.data(), buffer.size());
    if (got <= 0) return;
    line.append(buffer.data(), static_cast<std::size_t>(got));
  }
  if (line.rfind("listening on http", 0) != 0) throw std::runtime_error("serve said: " + line + errors());
  m_port = std::atoi(line.c_str() + line.rfind(':') + 1);
}

std::string Serve::errors() const {
  return content_of(m_folder.path() / "stderr");
}

void Serve::signal(int number) const {
  if (m_pid > 0) kill(m_pid, number);
}

int Serve::wait() {
  return wait_for(std::exchange(m_pid, -1));
}

int Serve::terminate() {
  signal(SIGTERM);
  return wait();
}

void Serve::kill9() {
  signal(SIGKILL);
  wait();
}

std::uint64_t Serve::anonymous_bytes() const {
  std::ifstream status("/proc/" + std::to_string(m_pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("RssAnon:", 0) == 0) return std::strtoull(line.c_str() + 8, nullptr, 10) * 1024;
  throw std::runtime_error("no RssAnon of the server: it has ended");
}

boost::json::value parse_json(std::string_view text) {
  boost::json::error_code error;
  boost::json::value value = boost::json::parse(boost::json::string_view(text.data(), text.size()), error);
  if (error) throw std::runtime_error("not JSON: " + std::string(text));
  return value;
}

std::string at(const boost::json::value& value, std::string_view pointer) {
  boost::json::error_code error;
  const boost::json::value* found = value.find_pointer({pointer.data(), pointer.size()}, error);
  if (found == nullptr) return "(nothing)";
  if (const boost::json::string* text = found->if_string()) return std::string(text->data(), text->size());
  return boost::json::serialize(*found);
}

std::vector<boost::json::value> logs(const fs::path& data, const std::vector<std::string>& arguments) {
  std::vector<std::string> all{"logs", "list", "--json", "-n", "0"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const PkRun run = run_pk(data, all);
  if (run.exit != 0)
    throw std::runtime_error("logs list ended with " + std::to_string(run.exit) + ": " + run.err);
  const boost::json::value list = parse_json(run.out);
  return {list.as_array().begin(), list.as_array().end()};
}

boost::json::value log_of(const fs::path& data, std::string_view id) {
  const PkRun run = run_pk(data, {"logs", "show", std::string(id), "--json"});
  if (run.exit != 0)
    throw std::runtime_error("logs show ended with " + std::to_string(run.exit) + ": " + run.err);
  return parse_json(run.out);
}

std::vector<boost::json::value> logs_until(
    const fs::path& data, const std::function<bool(const std::vector<boost::json::value>&)>& until) {
  const auto end = std::chrono::steady_clock::now() + k_patience;
  for (;;) {
    std::vector<boost::json::value> rows = logs(data);
    if (until(rows) || std::chrono::steady_clock::now() > end) return rows;
  }
}

void wait_until_open_on_disk(const fs::path& data, std::size_t count) {
  wait_until(std::to_string(count) + " requests on their way are on disk", [&] {
    const PkRun run =
        run_pk(data, {"logs", "redact", "--pattern", "nobody says this", "--dry-run", "--json"});
    return run.exit == 0 && at(parse_json(run.out), "/open") == std::to_string(count);
  });
}

std::string chat_request(std::string_view content, bool stream) {
  return R"({"model":"gpt-4o-mini",)" + std::string(stream ? R"("stream":true,)" : "") +
         R"("messages":[{"role":"user","content":")" + std::string(content) + R"("}]})";
}

HeaderList openai(const FakeUpstream& upstream, const HeaderList& more) {
  HeaderList headers{{"Content-Type", "application/json"},
                     {"x-portkey-provider", "openai"},
                     {"Authorization", "Bearer sk-test-0123456789abcdef"},
                     {"x-portkey-custom-host", upstream.url()}};
  headers.insert(headers.end(), more.begin(), more.end());
  return headers;
}

Reply chat(const Serve& serve, const FakeUpstream& upstream, const HeaderList& more,
           const std::string& body) {
  return request(serve.port(), "POST", "/v1/chat/completions", openai(upstream, more), body);
}

}  // namespace pk::test
