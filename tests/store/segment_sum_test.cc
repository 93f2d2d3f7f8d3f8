#include "store/segment_sum.h"

#include <xxhash.h>

#include "fixture.h"

namespace pk::store {

TEST_CASE("The sum of a segment is FORMAT.md's, however long the segment is") {
  std::string bytes;
  for (unsigned i = 0; i < 100'000; ++i) bytes.push_back(static_cast<char>(i * 31 + i / 257));
  const Uuid key = Uuid::lowest_of(1'772'357'400'000);
  const std::string seed = std::string(key.view()) + '\x0f';
  for (const std::size_t size : {0u, 1u, 8u, 16u, 128u, 240u, 241u, 1024u, 1025u, 16'384u, 99'999u}) {
    INFO(size);
    CHECK(segment_sum(key, 15, std::string_view(bytes).substr(0, size)) ==
          XXH3_64bits_withSeed(bytes.data(), size, XXH3_64bits(seed.data(), seed.size())));
  }
}

}  // namespace pk::store
