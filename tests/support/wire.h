// Reads one HTTP/1.1 message from bytes as they come: shared by the fake upstream and the test client, and
// independent of the code under test on purpose.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pk::test {

class MessageReader {
 public:
  enum class Kind { request, response, response_to_head };

  // `first`: bytes that were read before. A response without length or chunks goes on until finish().
  MessageReader(std::string first, Kind kind);

  void feed(std::string_view bytes);
  void finish();  // the peer closed

  bool begun() const { return !m_bytes.empty() || m_head_done; }
  bool head_done() const { return m_head_done; }
  bool done() const { return m_done; }
  // True once, when the head asked for 100-continue.
  bool wants_continue();

  const std::string& method() const { return m_first[0]; }
  const std::string& target() const { return m_first[1]; }
  int status() const;
  const std::vector<std::pair<std::string, std::string>>& headers() const { return m_headers; }
  std::string header(std::string_view name) const;
  const std::string& raw_head() const { return m_raw_head; }
  const std::string& body() const { return m_body; }  // so far; chunked coding taken off
  // Bytes after the message.
  const std::string& rest() const { return m_bytes; }

 private:
  void advance();
  bool read_head();
  bool read_chunk();
  void parse_head();

  Kind m_kind;
  std::string m_bytes;  // not yet understood
  std::string m_raw_head;
  std::string m_first[3];
  std::vector<std::pair<std::string, std::string>> m_headers;
  std::string m_body;
  std::optional<std::uint64_t> m_length;
  bool m_chunked = false;
  bool m_head_done = false;
  bool m_done = false;
  bool m_continue = false;
};

}  // namespace pk::test
