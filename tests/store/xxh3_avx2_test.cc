#include "store/xxh3_avx2.h"

#include <xxhash.h>

#include "fixture.h"

namespace pk::store {

TEST_CASE("XXH3 with AVX2 is XXH3") {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2")) {
    WARN("this processor has no AVX2");
    return;
  }
#endif
  std::string bytes(5000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * i / 7 + i);
  for (std::size_t size = 0; size <= bytes.size(); size += 7) {
    INFO(size);
    REQUIRE(xxh3_avx2(bytes.data(), size, size * 77) == XXH3_64bits_withSeed(bytes.data(), size, size * 77));
  }
}

}  // namespace pk::store
