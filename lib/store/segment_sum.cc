#include "store/segment_sum.h"

#include <xxhash.h>

#if defined(__x86_64__) && __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#endif

#include <array>
#include <cstring>

#include "store/xxh3_avx2.h"

namespace pk::store {

namespace {

std::uint64_t xxh3(const char* data, std::size_t size, std::uint64_t seed) {
#if defined(__x86_64__) && __has_include(<sys/platform/x86.h>)
  // What the C library knows: see cache/vector_index.cc.
  static const bool avx2 = CPU_FEATURE_ACTIVE(AVX2);
  if (avx2) return xxh3_avx2(data, size, seed);
#endif
  return XXH3_64bits_withSeed(data, size, seed);
}

}  // namespace

std::uint64_t segment_seed(const Uuid& key, std::uint8_t column) {
  std::array<char, sizeof key.bytes + 1> seed;
  std::memcpy(seed.data(), key.bytes.data(), sizeof key.bytes);
  seed.back() = static_cast<char>(column);
  return XXH3_64bits(seed.data(), seed.size());
}

std::uint64_t segment_sum(const Uuid& key, std::uint8_t column, std::string_view segment) {
  return xxh3(segment.data(), segment.size(), segment_seed(key, column));
}

}  // namespace pk::store
