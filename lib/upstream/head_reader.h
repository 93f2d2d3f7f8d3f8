// The head of a response, line by line, whoever brings the lines. Private to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "upstream/client.h"

namespace pk::upstream {

// How a response's body is framed and coded, by its head.
struct BodyFacts {
  bool chunked = false;
  bool other_transfer_coding = false;   // one that nobody here undoes
  bool gzip = false;                    // and no other content coding
  std::optional<std::uint64_t> length;  // as declared; chunks go before it (RFC 9112 section 6.3)
};

// Whether a head or a trailer ends with this line: nothing but its line end.
inline bool is_empty_line(std::string_view line) {
  return line.empty() || line == "\r\n" || line == "\n";
}

// Lives on one thread, one per response.
class HeadReader {
 public:
  explicit HeadReader(std::size_t bytes_max) : m_bytes_max(bytes_max) {}

  // A status line, which is the first one of a head, a field or the empty line, with or without its line
  // end. Heads with a 1xx status are passed over; so is a line that is no field, but for a folded one, which
  // goes on with the value before it. False if the answer is not to be used: error() says why. What comes
  // after the end is taken for a trailer and dropped.
  bool take(std::string_view line);

  bool done() const { return m_done; }
  const std::optional<Error>& error() const { return m_error; }
  // Once done: what was received, but for what was undone or says nothing: a gzip coding, a length beside it
  // or beside chunks.
  const Head& head() const { return m_head; }
  Head take_head() { return std::move(m_head); }
  const BodyFacts& body() const { return m_body; }

 private:
  bool fail(Error error);
  void take_status(std::string_view line);
  void take_field(std::string_view line);
  bool take_end();
  bool read_body_facts();

  std::size_t m_bytes_max;
  std::size_t m_bytes = 0;
  Head m_head;
  BodyFacts m_body;
  bool m_begun = false;     // the status line was there
  bool m_http1 = false;     // a body's end may be the connection's
  bool m_can_fold = false;  // the line before was a field
  bool m_done = false;
  std::optional<Error> m_error;
};

}  // namespace pk::upstream
