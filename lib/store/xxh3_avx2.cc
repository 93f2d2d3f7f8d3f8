// Compiled with -mavx2, and so without a header of C++ that has code: whatever stood here could be taken for
// any other file's.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "store/xxh3_avx2.h"

std::uint64_t pk::store::xxh3_avx2(const char* data, std::size_t size, std::uint64_t seed) {
  return XXH3_64bits_withSeed(data, size, seed);
}
