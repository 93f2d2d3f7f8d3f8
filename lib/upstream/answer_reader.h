// One HTTP/1.x response from bytes that were cut anywhere (RFC 9112). Pure. Private to the room.
//
// Lenient where that has one meaning only (a bare line feed ends a line, a field that is none is left out),
// strict where it would not have: lengths that differ, transfer codings other than chunked, broken chunks.
// A first byte that is no HTTP, or one that follows a chunk, is told at once: no more may come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "upstream/head_reader.h"

namespace pk::upstream {

// Of a line between two chunks, its extension with it.
inline constexpr std::size_t k_chunk_line_bytes_max = 16 * 1024;

// Lives on one thread, one per response.
class AnswerReader {
 public:
  // `to_head`: the request was a HEAD, so there is no body whatever the head says.
  AnswerReader(bool to_head, std::size_t head_bytes_max);

  // Takes bytes off the front, up to the end of the response, and appends those of its body, transfer coding
  // undone, to `body`. Returns how many it took; what is left belongs to nobody.
  std::size_t put(std::string_view bytes, std::string& body);
  // The connection was closed: an end for a body that nothing else ends, else a failure.
  void close();

  bool started() const { return m_started; }  // a byte came
  bool head_done() const { return m_head.done(); }
  bool done() const { return m_part == Part::done; }
  const std::optional<Error>& error() const { return m_error; }
  // Once the head is done.
  Head take_head() { return m_head.take_head(); }  // once
  const BodyFacts& body() const { return m_head.body(); }
  // Whether the connection can be used again: neither side wants to close it, and nothing in the head lets
  // them differ on where the answer ends. Once done.
  bool keeps_alive() const { return m_keeps_alive; }

 private:
  enum class Part : std::uint8_t {
    status,
    head,
    counted,
    until_close,
    chunk_size,
    chunk,
    chunk_end,
    trailer,
    done,
    failed
  };

  void fail(Error error);
  void fail(std::string_view why) { fail(Error{Errc::upstream, std::string(why)}); }
  void fail_too_long();
  std::optional<std::string_view> take_line(std::string_view& bytes, std::size_t bytes_max);
  void step(std::string_view& bytes, std::string& body);
  void take_status(std::string_view line);
  void take_field(std::string_view line);
  void begin_body();
  void take_counted(std::string_view& bytes, std::string& body);
  void take_chunk_size(std::string_view line);
  void take_chunk_end(std::string_view& bytes);
  void take_trailer(std::string_view line);
  bool is_framed_oddly() const;

  const bool m_to_head;
  const std::size_t m_head_bytes_max;
  HeadReader m_head;
  Part m_part = Part::status;
  std::uint64_t m_left = 0;  // of the body, or of the chunk
  std::string m_partial;     // a line that has not come to its end
  std::string m_line;        // one that has, put together
  std::size_t m_trailer_bytes = 0;
  bool m_started = false;
  bool m_http10 = false;
  bool m_keeps_alive = false;
  std::optional<Error> m_error;
};

}  // namespace pk::upstream
