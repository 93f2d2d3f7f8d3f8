// One side of an exchange (headers and body) ⇄ its value in `requests` or `responses`. Grammar: FORMAT.md,
// content.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "log/record.h"
#include "store/compress.h"
#include "store/split.h"

namespace pk::store {

inline constexpr std::uint8_t k_content_version = 1;
// No content is read that claims to be larger: a bound for memory when bytes lie.
inline constexpr std::uint64_t k_content_bytes_max = std::uint64_t{1} << 31;

// An encoder's buffers that a large body made grow beyond this are given back.
inline constexpr std::size_t k_kept_bytes = 1024 * 1024;

// A chain as a recipe names it.
struct ChainRef {
  NodeKey tip{};
  std::uint64_t nodes = 0;
  std::uint64_t bytes = 0;
};

// The nodes of a body that may be new: what the writer stores beside the value.
struct NewNodes {
  struct Chain {
    std::size_t begin = 0;          // of the first node in `bytes`
    std::vector<std::size_t> ends;  // of each node in `bytes`
    std::vector<NodeKey> keys;      // of each node
  };
  std::string bytes;
  std::vector<Chain> chains;
};

// A content up to here is compressed by the writer, not by the worker whose client waits. One behind the
// other finds zstd's tables in the core's cache: 3.4 µs for a request and its answer, where it was 4 to 7
// between the steps of an exchange. A larger one is work that the workers share.
inline constexpr std::size_t k_packed_late_max = 32 * 1024;

// Encodes contents; one per thread, for its buffers.
class ContentEncoder {
 public:
  explicit ContentEncoder(Compressor& compressor) : m_compressor(compressor) {}

  // Appends the value of `content` for `id`: sealed, or left to append_packed(). Where `nodes` is given and
  // the body can be cut, its nodes are put there; it stays empty otherwise.
  void append(std::string& out, const Uuid& id, const log::Content& content, NewNodes* nodes);

 private:
  void append_parts(std::string& out, const log::Content& content, const std::vector<Stretch>& stretches,
                    NewNodes& nodes);

  Compressor& m_compressor;
  std::string m_raw;  // what is compressed: head and body, or the literals
};

// Appends the sealed value of what a ContentEncoder made for `id`: as it is, or shorter if it was left for
// here.
void append_packed(std::string& out, const Uuid& id, std::string_view value, Compressor& compressor);

// A value taken apart; views into it.
struct ContentView {
  struct Part {
    std::uint64_t literal_bytes = 0;  // where this is 0, `chain` counts
    ChainRef chain;
  };
  enum class Kind : std::uint8_t { plain = 0, frame = 1, recipe = 2 };
  Kind kind = Kind::plain;
  std::uint64_t raw_bytes = 0;
  std::uint64_t head_bytes = 0;
  std::uint64_t literal_bytes = 0;  // of all parts
  std::vector<Part> parts;          // of a recipe
  std::string_view payload;         // plain bytes, the frame, or the recipe's frame
};

// Checks the sum and takes a value apart. corrupt names the id.
Result<ContentView> view_content(const Uuid& id, std::string_view value);

// Headers and body from the raw bytes of a content.
Result<log::Content> read_content(const Uuid& id, std::string raw, std::uint64_t head_bytes);

}  // namespace pk::store
