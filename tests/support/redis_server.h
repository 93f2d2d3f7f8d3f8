// A redis-server of a test's own: on a Unix socket in a folder of its own, or on a port of loopback; it keeps
// nothing and ends with its object.
#pragma once

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "support/temp_folder.h"
#include "support/wait_until.h"

namespace pk::test {

class RedisServer {
 public:
  enum class At { unix_socket, port };
  explicit RedisServer(std::vector<std::string> flags = {}, At at = At::unix_socket)
      : m_at(at), m_flags(std::move(flags)) {
    start();
  }
  ~RedisServer() { kill9(); }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  std::string socket_path() const { return (m_folder.path() / "redis").string(); }
  std::string url(std::string_view login = "") const {
    return m_at == At::port ? "redis://" + std::string(login) + "localhost:" + std::to_string(m_port)
                            : "redis+unix://" + std::string(login) + socket_path();
  }

  // Waits until it takes connections.
  void start() {
    for (int tries = 0; tries < 20; ++tries) {
      if (m_at == At::port && m_port == 0) m_port = free_port();
      spawn();
      if (wait_for_it()) return;
      m_port = 0;  // somebody else took it meanwhile
    }
    throw std::runtime_error("redis-server does not start; ./dev deps test");
  }
  void kill9() {
    if (m_pid < 0) return;
    ::kill(m_pid, SIGKILL);
    ::waitpid(m_pid, nullptr, 0);
    m_pid = -1;
    ::unlink(socket_path().c_str());
  }
  // Returns once it stands still.
  void pause() {
    ::kill(m_pid, SIGSTOP);
    int status = 0;
    while (::waitpid(m_pid, &status, WUNTRACED) == m_pid && !WIFSTOPPED(status)) {
    }
  }
  void go_on() { ::kill(m_pid, SIGCONT); }
  bool stands_still() const {
    // State, behind the name in brackets.
    char text[512] = {};
    const int fd = ::open(("/proc/" + std::to_string(m_pid) + "/stat").c_str(), O_RDONLY | O_CLOEXEC);
    const ssize_t size = fd < 0 ? 0 : ::read(fd, text, sizeof text - 1);
    if (fd >= 0) ::close(fd);
    const std::string_view stat(text, size > 0 ? static_cast<std::size_t>(size) : 0);
    const std::size_t end = stat.rfind(')');
    return end != std::string_view::npos && stat.substr(end + 2, 1) == "T";
  }

  // A command of its own protocol's simple form, sent over a connection of its own; the bytes of the reply's
  // first line, without its end.
  std::string ask(const std::string& command) const {
    const int fd = connected();
    if (fd < 0) throw std::runtime_error("redis-server is not there");
    const std::string line = command + "\r\n";
    if (::send(fd, line.data(), line.size(), MSG_NOSIGNAL) < 0)
      throw std::runtime_error("cannot send to redis");
    std::string reply;
    for (char c = 0; ::read(fd, &c, 1) == 1 && c != '\n';)
      if (c != '\r') reply += c;
    ::close(fd);
    return reply;
  }

  // Any bytes as a value.
  void set(const std::string& key, const std::string& value) const {
    const auto word = [](const std::string& text) {
      return "$" + std::to_string(text.size()) + "\r\n" + text;
    };
    if (ask("*3\r\n" + word("SET") + "\r\n" + word(key) + "\r\n" + word(value)) != "+OK")
      throw std::runtime_error("redis does not take a value");
  }

 private:
  static std::uint16_t free_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof any;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&any), size) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&any), &size) != 0)
      throw std::runtime_error("no free port");
    ::close(fd);
    return ntohs(any.sin_port);
  }

  int connected() const {
    const bool by_port = m_at == At::port;
    const int fd = ::socket(by_port ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    in.sin_port = htons(m_port);
    sockaddr_un un{};
    un.sun_family = AF_UNIX;
    socket_path().copy(un.sun_path, sizeof un.sun_path - 1);
    const int result = by_port ? ::connect(fd, reinterpret_cast<sockaddr*>(&in), sizeof in)
                               : ::connect(fd, reinterpret_cast<sockaddr*>(&un), sizeof un);
    if (result == 0) return fd;
    ::close(fd);
    return -1;
  }

  void spawn() {
    std::vector<std::string> words = {"redis-server",
                                      "--save",
                                      "",
                                      "--appendonly",
                                      "no",
                                      "--dir",
                                      m_folder.path().string(),
                                      "--logfile",
                                      "redis.log",
                                      "--port",
                                      std::to_string(m_port),
                                      "--bind",
                                      "127.0.0.1"};
    if (m_at == At::unix_socket) words.insert(words.end(), {"--unixsocket", socket_path()});
    words.insert(words.end(), m_flags.begin(), m_flags.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    m_pid = ::fork();
    if (m_pid != 0) return;
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }

  // False: it ended.
  bool wait_for_it() {
    bool ended = false;
    wait_until("redis-server takes connections", [&] {
      ended = ::waitpid(m_pid, nullptr, WNOHANG) == m_pid;
      const int fd = ended ? -1 : connected();
      if (fd >= 0) ::close(fd);
      return ended || fd >= 0;
    });
    if (ended) m_pid = -1;
    return !ended;
  }

  const At m_at;
  const std::vector<std::string> m_flags;
  TempFolder m_folder;
  std::uint16_t m_port = 0;
  pid_t m_pid = -1;
};

}  // namespace pk::test
