#include "store/compress.h"

#include <zstd.h>

#include "base/assert.h"

namespace pk::store {

Compressor::Compressor() : m_context(ZSTD_createCCtx()) {
  PK_ASSERT(m_context != nullptr);
  ZSTD_CCtx_setParameter(m_context, ZSTD_c_compressionLevel, k_zstd_level);
  ZSTD_CCtx_setParameter(m_context, ZSTD_c_contentSizeFlag, 0);  // the size stands before the frame
  ZSTD_CCtx_setParameter(m_context, ZSTD_c_checksumFlag, 0);     // so does a sum
}

Compressor::~Compressor() {
  ZSTD_freeCCtx(m_context);
}

void Compressor::append_frame(std::string& out, std::string_view bytes) {
  const std::size_t begin = out.size();
  out.resize(begin + ZSTD_compressBound(bytes.size()));
  const std::size_t size =
      ZSTD_compress2(m_context, out.data() + begin, out.size() - begin, bytes.data(), bytes.size());
  PK_ASSERT(!ZSTD_isError(size));  // the bound suffices, so only a broken context could fail
  out.resize(begin + size);
}

bool Compressor::append_shorter(std::string& out, std::string_view bytes) {
  const std::size_t begin = out.size();
  if (bytes.size() >= k_compress_min) {
    append_frame(out, bytes);
    if (out.size() - begin < bytes.size()) return true;
    out.resize(begin);
  }
  out.append(bytes);
  return false;
}

Decompressor::Decompressor() : m_context(ZSTD_createDCtx()) {
  PK_ASSERT(m_context != nullptr);
}

Decompressor::~Decompressor() {
  ZSTD_freeDCtx(m_context);
}

Result<void> Decompressor::append(std::string& out, std::string_view frame, std::size_t size) {
  const std::size_t begin = out.size();
  out.resize(begin + size);
  const std::size_t got =
      ZSTD_decompressDCtx(m_context, out.data() + begin, size, frame.data(), frame.size());
  if (!ZSTD_isError(got) && got == size) return {};
  out.resize(begin);
  return Error{Errc::corrupt, "a compressed part cannot be unpacked"};
}

}  // namespace pk::store
