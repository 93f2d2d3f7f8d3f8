// XXH3-64 in the instructions of a processor with AVX2, twice as fast as in any's. For segment_sum() alone.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pk::store {

// Of long texts; short ones are no faster. The processor has AVX2: who calls it has asked.
std::uint64_t xxh3_avx2(const char* data, std::size_t size, std::uint64_t seed);

}  // namespace pk::store
