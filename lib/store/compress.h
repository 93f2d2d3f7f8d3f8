// zstd level 1 with its tables kept between uses and, for short bytes, a built-in dictionary of the
// providers' JSON and headers: against level 1 alone it halves the time and the size. One thread per object.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace pk::store {

inline constexpr int k_zstd_level = 1;
// Shorter bytes are kept as they are: a frame's own bytes and its time would not pay.
inline constexpr std::size_t k_compress_min = 64;

class Compressor {
 public:
  Compressor();
  ~Compressor();
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  // Appends one frame of `bytes`.
  void append_frame(std::string& out, std::string_view bytes);

  // Appends `bytes` as they are, or as a frame where that is shorter; true if as a frame.
  bool append_shorter(std::string& out, std::string_view bytes);

 private:
  ZSTD_CCtx_s* m_short;  // with the dictionary
  ZSTD_CCtx_s* m_long;
};

class Decompressor {
 public:
  Decompressor();
  ~Decompressor();
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  // Appends what `frame` holds, which must be exactly `size` bytes. corrupt if it is not.
  Result<void> append(std::string& out, std::string_view frame, std::size_t size);

 private:
  ZSTD_DCtx_s* m_context;
};

}  // namespace pk::store
