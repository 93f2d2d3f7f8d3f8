// A small raw client for tests: sends exactly the bytes it is given, and can read slowly, half close or break
// off.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/fake_upstream.h"

namespace pk::test {

struct Reply {
  int status = 0;
  HeaderList headers;
  std::string body;  // chunked coding taken off
  std::string raw_head;
  bool whole = false;  // false: the connection ended first, or nothing came
  std::string header(std::string_view name) const { return header_of(headers, name); }
};

// One connection. Every read gives up (as if the peer had gone) after `k_read_max_s`, so that a test fails,
// never hangs.
class HttpClient {
 public:
  explicit HttpClient(int port, int receive_buffer_bytes = 0);  // 0: the system's
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // False if the peer closed in the middle.
  bool send(std::string_view bytes);
  Reply read_reply(bool to_head_request = false);
  // Reads until the reply's body so far holds `text`; the body read so far, whether it came or the peer left.
  std::string read_until(std::string_view text);
  // Up to `most` raw bytes; "" when the peer closed.
  std::string read_some(std::size_t most = 64 * 1024);
  bool peer_closed();  // reads until the peer closes, throwing away what comes; false if it does not
  void half_close();   // no more bytes from here
  void abort();        // RST
  int fd() const { return m_fd; }

  static constexpr int k_read_max_s = 30;

 private:
  int m_fd;
  std::string m_unread;
};

// The text of a request with Host, Content-Length and the headers given.
std::string request_text(std::string_view method, std::string_view target, const HeaderList& headers,
                         std::string_view body);
// One request on a connection of its own.
Reply request(int port, std::string_view method, std::string_view target, const HeaderList& headers = {},
              std::string_view body = "");

}  // namespace pk::test
