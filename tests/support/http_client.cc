#include "support/http_client.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "support/wire.h"

namespace pk::test {
namespace {

int connect_to(int port, int receive_buffer_bytes) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer_bytes > 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  const timeval wait_max{HttpClient::k_read_max_s, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait_max, sizeof wait_max);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait_max, sizeof wait_max);
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect to port " + std::to_string(port) + ": " + std::strerror(errno));
  return fd;
}

}  // namespace

std::string header_of(const HeaderList& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0) return value;
  return "";
}

HttpClient::HttpClient(int port, int receive_buffer_bytes) : m_fd(connect_to(port, receive_buffer_bytes)) {}

HttpClient::~HttpClient() {
  if (m_fd >= 0) close(m_fd);
}

bool HttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(m_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string HttpClient::read_some(std::size_t most) {
  std::string buffer(most, '\0');
  const ssize_t got = recv(m_fd, buffer.data(), buffer.size(), 0);
  buffer.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return buffer;
}

Reply HttpClient::read_reply(bool to_head_request) {
  using Kind = MessageReader::Kind;
  MessageReader reader(std::exchange(m_unread, ""),
                       to_head_request ? Kind::response_to_head : Kind::response);
  while (!reader.done()) {
    const std::string bytes = read_some();
    if (bytes.empty()) {
      reader.finish();
      break;
    }
    reader.feed(bytes);
  }
  if (reader.done()) m_unread = reader.rest();
  return {reader.head_done() ? reader.status() : 0, reader.headers(), reader.body(), reader.raw_head(),
          reader.done()};
}

std::string HttpClient::read_until(std::string_view text) {
  for (;;) {
    // From the start each time: streams in tests are short, and read_reply() can still have all of it.
    MessageReader reader(m_unread, MessageReader::Kind::response);
    if (reader.done() || reader.body().find(text) != std::string::npos) return reader.body();
    const std::string bytes = read_some();
    if (bytes.empty()) return reader.body();
    m_unread += bytes;
  }
}

bool HttpClient::peer_closed() {
  std::array<char, 64 * 1024> buffer;
  ssize_t got = 0;
  while ((got = recv(m_fd, buffer.data(), buffer.size(), 0)) > 0) {
  }
  return got == 0 || errno == ECONNRESET;
}

void HttpClient::half_close() {
  shutdown(m_fd, SHUT_WR);
}

void HttpClient::abort() {
  const linger at_once{1, 0};
  setsockopt(m_fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(std::exchange(m_fd, -1));
}

std::string request_text(std::string_view method, std::string_view target, const HeaderList& headers,
                         std::string_view body) {
  std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\n";
  if (header_of(headers, "Host").empty()) text += "Host: localhost\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH")
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + std::string(body);
}

Reply request(int port, std::string_view method, std::string_view target, const HeaderList& headers,
              std::string_view body) {
  HttpClient client(port);
  client.send(request_text(method, target, headers, body));
  return client.read_reply(method == "HEAD");
}

}  // namespace pk::test
