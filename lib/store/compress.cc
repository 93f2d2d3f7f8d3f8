#include "store/compress.h"

#include <zstd.h>

#include <cstdint>

#include "base/assert.h"

namespace pk::store {

namespace {

constexpr std::uint8_t k_dictionary[] = {
#include "store/dictionary1.inc"
};
// Its id in frames, as zstd writes it. A frame without one needs none.
constexpr unsigned k_dictionary_id = 40'001;

// Larger bytes have their own words; the tables of a dictionary would only be copied for them.
constexpr std::size_t k_dictionary_bytes_max = 32 * 1024;
// The dictionary's table has 2 to this many places of 4 bytes. zstd's choice, 15, is larger than a core's
// first cache, and between two bodies the rest of a request has passed through that: 8.3 µs a request
// against 7.1.
constexpr int k_dictionary_hash_log = 12;

ZSTD_CCtx* make_context() {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  PK_ASSERT(context != nullptr);
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, k_zstd_level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);  // the size stands before the frame
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 0);     // so does a sum
  return context;
}

// Read by all threads, changed by none.
const ZSTD_DDict* unpacking_dictionary() {
  static const ZSTD_DDict* const dictionary = ZSTD_createDDict(k_dictionary, sizeof k_dictionary);
  return dictionary;
}

}  // namespace

Compressor::Compressor() : m_short(make_context()), m_long(make_context()) {
  ZSTD_CCtx_setParameter(m_short, ZSTD_c_hashLog, k_dictionary_hash_log);
  const std::size_t loaded = ZSTD_CCtx_loadDictionary(m_short, k_dictionary, sizeof k_dictionary);
  PK_ASSERT(!ZSTD_isError(loaded));
}

Compressor::~Compressor() {
  ZSTD_freeCCtx(m_short);
  ZSTD_freeCCtx(m_long);
}

void Compressor::append_frame(std::string& out, std::string_view bytes) {
  const std::size_t begin = out.size();
  out.resize(begin + ZSTD_compressBound(bytes.size()));
  ZSTD_CCtx* const context = bytes.size() <= k_dictionary_bytes_max ? m_short : m_long;
  const std::size_t size =
      ZSTD_compress2(context, out.data() + begin, out.size() - begin, bytes.data(), bytes.size());
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
  PK_ASSERT(m_context != nullptr && unpacking_dictionary() != nullptr);
}

Decompressor::~Decompressor() {
  ZSTD_freeDCtx(m_context);
}

Result<void> Decompressor::append(std::string& out, std::string_view frame, std::size_t size) {
  const unsigned dictionary = ZSTD_getDictID_fromFrame(frame.data(), frame.size());
  if (dictionary != 0 && dictionary != k_dictionary_id)
    return Error{Errc::corrupt, "a compressed part needs a dictionary that this pk does not have"};
  const std::size_t begin = out.size();
  out.resize(begin + size);
  ZSTD_DCtx_refDDict(m_context, dictionary == 0 ? nullptr : unpacking_dictionary());
  const std::size_t got =
      ZSTD_decompressDCtx(m_context, out.data() + begin, size, frame.data(), frame.size());
  if (!ZSTD_isError(got) && got == size) return {};
  out.resize(begin);
  return Error{Errc::corrupt, "a compressed part cannot be unpacked"};
}

}  // namespace pk::store
