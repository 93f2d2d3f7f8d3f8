#include "support/fake_upstream.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

#include "support/wire.h"

namespace pk::test {
namespace {

constexpr int k_backlog = 256;
constexpr std::size_t k_flood_piece_bytes = 64 * 1024;
constexpr std::size_t k_stored_block_max = 65'535;

std::uint32_t crc32(std::string_view text) {
  std::uint32_t crc = ~0u;
  for (unsigned char byte : text) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
  }
  return ~crc;
}

void append_little_endian(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xff);
}

std::string hex_size(std::size_t size) {
  std::array<char, 20> text{};
  std::snprintf(text.data(), text.size(), "%zx", size);
  return text.data();
}

std::string chunk_of(std::string_view piece) {
  return hex_size(piece.size()) + "\r\n" + std::string(piece) + "\r\n";
}

}  // namespace

std::string gzip_stored(std::string_view text) {
  std::string out("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  std::string_view rest = text;
  do {
    std::string_view block = rest.substr(0, k_stored_block_max);
    rest.remove_prefix(block.size());
    out += rest.empty() ? '\1' : '\0';
    append_little_endian(out, static_cast<std::uint32_t>(block.size()), 2);
    append_little_endian(out, ~static_cast<std::uint32_t>(block.size()), 2);
    out += block;
  } while (!rest.empty());
  append_little_endian(out, crc32(text), 4);
  append_little_endian(out, static_cast<std::uint32_t>(text.size()), 4);
  return out;
}

std::string chat_body(std::string_view content, std::string_view model) {
  return R"({"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":")" +
         std::string(model) + R"(","choices":[{"index":0,"message":{"role":"assistant","content":")" +
         std::string(content) +
         R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}})";
}

std::vector<std::string> chat_events(const std::vector<std::string>& words, bool with_usage) {
  const std::string open =
      R"({"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-mini",)";
  std::vector<std::string> datas;
  for (const std::string& word : words)
    datas.push_back(open + R"("choices":[{"index":0,"delta":{"content":")" + word +
                    R"("},"finish_reason":null}]})");
  datas.push_back(open + R"("choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})");
  if (with_usage)
    datas.push_back(open +
                    R"("choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}})");
  datas.push_back("[DONE]");
  return datas;
}

Answer Answer::json(int status, std::string body) {
  Answer answer;
  answer.head(status,
              {{"Content-Type", "application/json"}, {"Content-Length", std::to_string(body.size())}});
  answer.bytes(std::move(body));
  return answer;
}

Answer Answer::sse(const std::vector<std::string>& datas) {
  Answer answer;
  answer.head(200, {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}});
  for (const std::string& data : datas) answer.chunk("data: " + data + "\n\n");
  answer.last_chunk();
  return answer;
}

Answer& Answer::head(int status, const HeaderList& headers) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " Said\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  return bytes(text + "\r\n");
}

Answer& Answer::bytes(std::string raw) {
  m_steps.push_back({Step::Kind::send, std::move(raw), {}, 0});
  return *this;
}
Answer& Answer::drip(std::string raw) {
  m_steps.push_back({Step::Kind::drip, std::move(raw), {}, 0});
  return *this;
}
Answer& Answer::chunk(std::string_view piece) {
  return bytes(chunk_of(piece));
}
Answer& Answer::last_chunk() {
  return bytes("0\r\n\r\n");
}
Answer& Answer::wait(Gate gate) {
  m_steps.push_back({Step::Kind::wait, {}, std::move(gate), 0});
  return *this;
}
Answer& Answer::flood(std::uint64_t bytes_total) {
  m_steps.push_back({Step::Kind::flood, {}, {}, bytes_total});
  return *this;
}
Answer& Answer::hang() {
  m_steps.push_back({Step::Kind::hang, {}, {}, 0});
  return *this;
}
Answer& Answer::reset() {
  m_steps.push_back({Step::Kind::reset, {}, {}, 0});
  return *this;
}
Answer& Answer::close() {
  m_steps.push_back({Step::Kind::close, {}, {}, 0});
  return *this;
}

struct FakeUpstream::Connection {
  int fd = -1;
  std::string unread;
  bool closed = false;  // by an answer's step
};

FakeUpstream::FakeUpstream() {
  always(Answer::json(200, chat_body()));
  m_listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(m_listener, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      listen(m_listener, k_backlog) != 0)
    throw std::runtime_error("the fake upstream cannot listen");
  getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &length);
  m_port = ntohs(address.sin_port);
  m_accepting = std::thread([this] { accept_loop(); });
}

FakeUpstream::~FakeUpstream() {
  m_stop.open();
  m_accepting.join();
  for (std::thread& thread : m_threads) thread.join();
  ::close(m_listener);
}

std::string FakeUpstream::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(m_port) + std::string(path);
}

void FakeUpstream::always(Answer answer) {
  handle([answer = std::move(answer)](const SeenRequest&) { return answer; });
}

void FakeUpstream::next(Answer answer) {
  std::lock_guard lock(m_mutex);
  m_next.push_back(std::move(answer));
}

void FakeUpstream::handle(Handler handler) {
  std::lock_guard lock(m_mutex);
  m_handler = std::move(handler);
}

Answer FakeUpstream::answer_to(const SeenRequest& request) {
  Handler handler;
  {
    std::lock_guard lock(m_mutex);
    if (!m_next.empty()) {
      Answer answer = std::move(m_next.front());
      m_next.pop_front();
      return answer;
    }
    handler = m_handler;
  }
  return handler(request);
}

SeenRequest FakeUpstream::seen(std::size_t index) {
  std::unique_lock lock(m_mutex);
  if (!m_changed.wait_for(lock, std::chrono::milliseconds(k_wait_max_ms),
                          [&] { return m_seen.size() > index; }))
    throw std::runtime_error("the upstream never saw request " + std::to_string(index));
  return m_seen[index];
}

std::size_t FakeUpstream::seen_count() const {
  std::lock_guard lock(m_mutex);
  return m_seen.size();
}

void FakeUpstream::wait_peer_left(std::size_t count) {
  std::unique_lock lock(m_mutex);
  if (!m_changed.wait_for(lock, std::chrono::milliseconds(k_wait_max_ms), [&] { return m_left >= count; }))
    throw std::runtime_error("the upstream's peer never left");
}

void FakeUpstream::note(SeenRequest request) {
  std::lock_guard lock(m_mutex);
  m_seen.push_back(std::move(request));
  m_changed.notify_all();
}

void FakeUpstream::note_left() {
  std::lock_guard lock(m_mutex);
  ++m_left;
  m_changed.notify_all();
}

FakeUpstream::Wait FakeUpstream::wait_for(int fd, short events, int other_fd) const {
  std::array<pollfd, 3> fds{{{fd, events, 0}, {m_stop.fd(), POLLIN, 0}, {other_fd, POLLIN, 0}}};
  while (poll(fds.data(), fds.size(), -1) < 0) {
  }
  if (fds[1].revents != 0) return Wait::stopped;
  if ((fds[0].revents & (POLLERR | POLLHUP | POLLRDHUP)) != 0 && (events & POLLIN) == 0)
    return Wait::peer_left;
  return Wait::ready;
}

void FakeUpstream::accept_loop() {
  while (wait_for(m_listener, POLLIN, -1) == Wait::ready) {
    int fd = accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) continue;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++m_connections;
    m_threads.emplace_back([this, fd] { serve(fd); });
  }
}

void FakeUpstream::serve(int fd) {
  Connection connection{fd, {}, false};
  while (serve_one(connection)) {
  }
  ::close(fd);
}

// False when the connection is over.
bool FakeUpstream::serve_one(Connection& connection) {
  MessageReader reader(connection.unread, MessageReader::Kind::request);
  while (!reader.done()) {
    if (wait_for(connection.fd, POLLIN, -1) == Wait::stopped) return false;
    std::array<char, 64 * 1024> buffer;
    ssize_t got = recv(connection.fd, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EAGAIN) continue;
    if (got <= 0) {
      if (reader.begun()) note({reader.method(), reader.target(), reader.headers(), reader.body(), false});
      note_left();
      return false;
    }
    reader.feed({buffer.data(), static_cast<std::size_t>(got)});
    if (reader.wants_continue() && !send_all(connection, "HTTP/1.1 100 Continue\r\n\r\n")) return false;
  }
  connection.unread = reader.rest();
  SeenRequest request{reader.method(), reader.target(), reader.headers(), reader.body(), true};
  Answer answer = answer_to(request);
  note(std::move(request));
  return run(connection, answer);
}

bool FakeUpstream::run(Connection& connection, const Answer& answer) {
  for (const Answer::Step& step : answer.m_steps) {
    if (!run_step(connection, step)) {
      if (!connection.closed) note_left();
      return false;
    }
  }
  return true;
}

bool FakeUpstream::run_step(Connection& connection, const Answer::Step& step) {
  switch (step.kind) {
    case Answer::Step::Kind::send:
      return send_all(connection, step.bytes);
    case Answer::Step::Kind::drip:
      for (char byte : step.bytes)
        if (!send_all(connection, {&byte, 1})) return false;
      return true;
    case Answer::Step::Kind::wait:
      return wait_for(connection.fd, POLLRDHUP, step.gate.fd()) == Wait::ready;
    case Answer::Step::Kind::flood:
      return flood(connection, step.count);
    case Answer::Step::Kind::hang:
      wait_for(connection.fd, POLLRDHUP, -1);
      return false;
    case Answer::Step::Kind::reset: {
      const linger at_once{1, 0};
      setsockopt(connection.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      connection.closed = true;
      return false;
    }
    case Answer::Step::Kind::close:
      connection.closed = true;
      return false;
  }
  return false;
}

bool FakeUpstream::send_all(Connection& connection, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t sent = send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN || wait_for(connection.fd, POLLOUT | POLLRDHUP, -1) != Wait::ready) {
      return false;
    }
  }
  return true;
}

bool FakeUpstream::flood(Connection& connection, std::uint64_t count) {
  const std::string piece = chunk_of(std::string(k_flood_piece_bytes, 'x'));
  for (std::uint64_t left = count; left > 0;) {
    const std::uint64_t now = std::min<std::uint64_t>(left, k_flood_piece_bytes);
    if (!send_all(connection, now == k_flood_piece_bytes ? piece : chunk_of(std::string(now, 'x'))))
      return false;
    left -= now;
    m_flooded += now;
  }
  return true;
}

}  // namespace pk::test
