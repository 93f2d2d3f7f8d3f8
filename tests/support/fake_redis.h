// A server on a Unix socket that is no Redis: to whoever connects it says the same, and then nothing.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/gate.h"
#include "support/temp_folder.h"

namespace pk::test {

class FakeRedis {
 public:
  explicit FakeRedis(std::string words) : m_words(std::move(words)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(m_fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(m_fd, 10) != 0)
      throw std::runtime_error("cannot listen on " + path());
    m_thread = std::thread([this] { serve(); });
  }
  ~FakeRedis() {
    m_end.open();
    m_thread.join();
    ::close(m_fd);
  }
  FakeRedis(const FakeRedis&) = delete;
  FakeRedis& operator=(const FakeRedis&) = delete;

  std::string path() const { return (m_folder.path() / "fake").string(); }
  std::string url(std::string_view login = "") const { return "redis+unix://" + std::string(login) + path(); }

 private:
  struct Peer {
    int fd;
    std::size_t said = 0;
  };

  void serve() {
    std::vector<Peer> peers;
    while (true) {
      std::vector<pollfd> ends = {{m_end.fd(), POLLIN, 0}, {m_fd, POLLIN, 0}};
      for (const Peer& peer : peers)
        if (peer.said < m_words.size()) ends.push_back({peer.fd, POLLOUT, 0});
      if (::poll(ends.data(), ends.size(), -1) < 0 || ends[0].revents != 0) break;
      if (ends[1].revents != 0)
        if (const int fd = ::accept4(m_fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC); fd >= 0)
          peers.push_back({fd});
      for (Peer& peer : peers) say_more(peer);
    }
    for (const Peer& peer : peers) ::close(peer.fd);
  }

  void say_more(Peer& peer) const {
    if (peer.said >= m_words.size()) return;
    const ssize_t n = ::send(peer.fd, m_words.data() + peer.said, m_words.size() - peer.said, MSG_NOSIGNAL);
    if (n > 0) peer.said += static_cast<std::size_t>(n);
    if (n < 0 && errno != EAGAIN) peer.said = m_words.size();
  }

  const std::string m_words;
  TempFolder m_folder;
  const int m_fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  Gate m_end;
  std::thread m_thread;
};

}  // namespace pk::test
