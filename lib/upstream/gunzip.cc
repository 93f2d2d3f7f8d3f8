#include "upstream/gunzip.h"

#include <zlib.h>

#include "base/assert.h"

namespace pk::upstream {

struct Gunzip::Stream {
  z_stream z{};
};

Gunzip::Gunzip() : m_stream(std::make_unique<Stream>()) {
  constexpr int k_gzip_only = 16;
  PK_ASSERT(inflateInit2(&m_stream->z, MAX_WBITS + k_gzip_only) == Z_OK);
}

Gunzip::~Gunzip() {
  inflateEnd(&m_stream->z);
}

bool Gunzip::step(std::string_view& packed, std::string& out) {
  z_stream& z = m_stream->z;
  const std::size_t before = out.size();
  out.resize(before + k_gunzip_step_bytes);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  z.avail_in = static_cast<uInt>(packed.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data() + before);
  z.avail_out = static_cast<uInt>(k_gunzip_step_bytes);
  int result = Z_OK;
  while (result == Z_OK && z.avail_out > 0 && (z.avail_in > 0 || m_has_more)) {
    // A member may follow another (RFC 1952 section 2.2).
    if (m_whole) inflateReset(&z);
    m_has_more = false;
    result = inflate(&z, Z_NO_FLUSH);
    m_whole = result == Z_STREAM_END;
    if (m_whole) result = Z_OK;
  }
  m_has_more = z.avail_out == 0 && !m_whole;
  packed.remove_prefix(packed.size() - z.avail_in);
  out.resize(before + k_gunzip_step_bytes - z.avail_out);
  // No progress for want of bytes is no fault.
  return result == Z_OK || result == Z_BUF_ERROR;
}

}  // namespace pk::upstream
