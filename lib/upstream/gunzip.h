// Undoes gzip (RFC 1952) piece by piece, and knows whether it came to its end: curl takes a stream that was
// cut for a whole one. Private to the room.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace pk::upstream {

// How much one step gives at most, however well it was packed.
constexpr std::size_t k_gunzip_step_bytes = 64 * 1024;

// Lives on one thread. Nothing at all counts as whole: an empty body has no coding to undo.
class Gunzip {
 public:
  Gunzip();
  ~Gunzip();
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  // Takes bytes off the front of `packed` and appends what they stand for to `out`: all of them, or as many
  // as give k_gunzip_step_bytes. False if this is no gzip, or its checksum is wrong.
  bool step(std::string_view& packed, std::string& out);

  // Another step may give more, although nothing is left to take.
  bool has_more() const { return m_has_more; }
  // All that came is whole members.
  bool whole() const { return m_whole; }

 private:
  struct Stream;
  std::unique_ptr<Stream> m_stream;
  bool m_has_more = false;
  bool m_whole = true;
};

}  // namespace pk::upstream
