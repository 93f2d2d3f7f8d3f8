#include "upstream/loop.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "base/assert.h"

namespace pk::upstream {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

// One socket of curl's. `ours`: made by open_socket, told to close by close_socket; others (the resolver's
// wake-up pipe) are curl's to close and are let go as soon as curl stops asking for them.
struct CurlLoop::Watch {
  Watch(asio::io_context& loop, curl_socket_t fd_, bool ours_)
      : descriptor(loop.get_executor(), fd_), fd(fd_), ours(ours_) {}
  Descriptor descriptor;
  const curl_socket_t fd;
  const bool ours;
  int wanted = 0;
  bool idle = false;  // in curl's pool: nothing is to come until it is used again
  bool reading = false;
  bool writing = false;
  bool gone = false;
};

CurlLoop::CurlLoop(asio::io_context& loop, long connections_max,
                   std::function<void(CURL*, CURLcode)> finished, std::function<void()> settle)
    : m_loop(loop),
      m_multi(curl_multi_init()),
      m_finished(std::move(finished)),
      m_settle(std::move(settle)),
      m_timer(loop.get_executor()) {
  PK_ASSERT(m_multi != nullptr);
  curl_multi_setopt(m_multi, CURLMOPT_SOCKETFUNCTION, &CurlLoop::on_socket);
  curl_multi_setopt(m_multi, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(m_multi, CURLMOPT_TIMERFUNCTION, &CurlLoop::on_timer);
  curl_multi_setopt(m_multi, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(m_multi, CURLMOPT_MAXCONNECTS, connections_max);
}

CurlLoop::~CurlLoop() {
  m_stopping = true;
  curl_multi_cleanup(m_multi);
}

void CurlLoop::add(CURL* easy) {
  curl_multi_add_handle(m_multi, easy);
  kick();
}

void CurlLoop::remove(CURL* easy) {
  curl_multi_remove_handle(m_multi, easy);
}

void CurlLoop::kick() {
  act(CURL_SOCKET_TIMEOUT, 0);
}

// ---- sockets ----

std::shared_ptr<CurlLoop::Watch>& CurlLoop::at(curl_socket_t fd) {
  if (static_cast<std::size_t>(fd) >= m_watches.size()) m_watches.resize(static_cast<std::size_t>(fd) + 64);
  return m_watches[static_cast<std::size_t>(fd)];
}

curl_socket_t CurlLoop::open_socket(const curl_sockaddr& address) {
  const int fd = ::socket(address.family, address.socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address.protocol);
  if (fd < 0) return CURL_SOCKET_BAD;
  at(fd) = std::make_shared<Watch>(m_loop, fd, true);
  return fd;
}

void CurlLoop::close_socket(curl_socket_t fd) {
  std::erase_if(m_let_go, [fd](const auto& pair) { return pair.second == fd; });
  if (const auto watch = std::exchange(at(fd), {})) {
    watch->gone = true;
    error_code ignored;
    watch->descriptor.close(ignored);  // ends the read wait that was kept armed
  } else {
    ::close(fd);
  }
}

int CurlLoop::on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void*) {
  static_cast<CurlLoop*>(self)->want(easy, fd, what);
  return 0;
}

void CurlLoop::want(CURL* easy, curl_socket_t fd, int what) {
  if (what == CURL_POLL_REMOVE) return let_go(easy, fd);
  if (m_stopping) return;
  auto& watch = at(fd);
  if (!watch) watch = std::make_shared<Watch>(m_loop, fd, false);
  watch->wanted = what;
  watch->idle = false;
  arm(watch);
}

void CurlLoop::let_go(CURL* easy, curl_socket_t fd) {
  auto& watch = at(fd);
  if (!watch) return;
  watch->wanted = 0;
  if (watch->ours) {
    m_let_go.emplace_back(easy, fd);
    return;
  }
  watch->gone = true;
  watch->descriptor.release();
  watch.reset();
}

// The transfer is over and its connection goes to curl's pool. Whatever comes on it now answers nothing that
// was asked, and curl 7.88 would take it for the answer to the next request: the connection is shut, and
// curl's look before the next use finds it dead. (HTTP/2 has frames of its own between requests.)
void CurlLoop::rest(CURL* easy) {
  const auto found =
      std::find_if(m_let_go.begin(), m_let_go.end(), [easy](const auto& pair) { return pair.first == easy; });
  if (found == m_let_go.end()) return;
  const std::shared_ptr<Watch> watch = at(found->second);
  long version = CURL_HTTP_VERSION_NONE;
  curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
  if (!watch || watch->wanted != 0 || version > CURL_HTTP_VERSION_1_1) return;
  char byte = 0;
  if (::recv(watch->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) {
    ::shutdown(watch->fd, SHUT_RDWR);
    return;
  }
  watch->idle = true;
  arm(watch);
}

// A wait for reading is kept armed while the connection is idle in curl's pool: the next request on it finds
// it armed, so that watching over idle connections costs no change of the epoll set.
void CurlLoop::arm(const std::shared_ptr<Watch>& watch) {
  if (((watch->wanted & CURL_POLL_IN) || watch->idle) && !watch->reading) {
    watch->reading = true;
    watch->descriptor.async_wait(Descriptor::wait_read, [this, watch](error_code error) {
      watch->reading = false;
      if (!error) ready(watch, CURL_CSELECT_IN);
    });
  }
  if ((watch->wanted & CURL_POLL_OUT) && !watch->writing) {
    watch->writing = true;
    watch->descriptor.async_wait(Descriptor::wait_write, [this, watch](error_code error) {
      watch->writing = false;
      if (!error) ready(watch, CURL_CSELECT_OUT);
    });
  }
}

void CurlLoop::ready(const std::shared_ptr<Watch>& watch, int events) {
  if (watch->gone) return;
  if (std::exchange(watch->idle, false)) ::shutdown(watch->fd, SHUT_RDWR);
  if (watch->wanted == 0) return;
  act(watch->fd, events);
  if (!watch->gone) arm(watch);
}

// ---- work ----

void CurlLoop::act(curl_socket_t fd, int events) {
  // curl calls on_timer only when its next time changes: a time that it is about to see to is forgotten
  // first, or it would be armed again, in the past, for ever.
  if (fd == CURL_SOCKET_TIMEOUT) {
    m_due_now = false;
    if (m_due <= steady_clock::now()) m_due = steady_clock::time_point::max();
  }
  int running = 0;
  curl_multi_socket_action(m_multi, fd, events, &running);
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(m_multi, &left))
    if (message->msg == CURLMSG_DONE) {
      rest(message->easy_handle);
      m_finished(message->easy_handle, message->data.result);
    }
  m_let_go.clear();
  arm_timer();
  m_settle();
}

// ---- the timer ----
// Arming a timer of the loop per request was 31 % of all processor time: curl asks for "now" at each start
// and for far times it soon moves. So "now" is a posted call, and a later time re-arms only if it is earlier
// than what is armed.

int CurlLoop::on_timer(CURLM*, long timeout_ms, void* self_) {
  auto& self = *static_cast<CurlLoop*>(self_);
  const auto never = steady_clock::time_point::max();
  self.m_due_now = timeout_ms == 0;
  self.m_due = timeout_ms <= 0 ? never : steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  return 0;
}

void CurlLoop::arm_timer() {
  if (m_due_now) {
    if (std::exchange(m_posted, true)) return;
    asio::post(m_loop, [this, life = std::weak_ptr(m_life)] {
      if (life.expired()) return;
      m_posted = false;
      if (m_due_now) kick();
    });
    return;
  }
  if (m_due == steady_clock::time_point::max() || m_armed <= m_due) return;
  m_armed = m_due;
  m_timer.expires_at(m_due);
  m_timer.async_wait([this, life = std::weak_ptr(m_life)](error_code error) {
    if (error || life.expired()) return;
    m_armed = steady_clock::time_point::max();
    if (m_due <= steady_clock::now())
      kick();
    else
      arm_timer();
  });
}

}  // namespace pk::upstream
