#include "store/text_filter.h"

#include <xxhash.h>

#include <array>
#include <cstring>

namespace pk::store {

namespace {

// One bit in each word of one block says that a text is there. The multipliers are those of Parquet's
// filters.
using FilterBlock = std::array<std::uint32_t, 8>;
constexpr FilterBlock k_salts = {0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d,
                                 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31};
constexpr std::size_t k_bits_per_text = 10;

std::size_t block_of(std::uint64_t hash, std::size_t blocks) {
  return static_cast<std::size_t>(((hash >> 32) * blocks) >> 32);
}

FilterBlock bits_of(std::uint64_t hash) {
  FilterBlock bits;
  for (std::size_t i = 0; i < bits.size(); ++i)
    bits[i] = std::uint32_t{1} << ((static_cast<std::uint32_t>(hash) * k_salts[i]) >> 27);
  return bits;
}

}  // namespace

std::uint64_t text_filter_hash(std::string_view text) {
  return XXH3_64bits(text.data(), text.size());
}

std::uint64_t text_filter_hash(std::string_view name, std::string_view value) {
  return XXH3_64bits_withSeed(value.data(), value.size(), text_filter_hash(name));
}

std::string make_text_filter(const std::vector<std::uint64_t>& hashes) {
  constexpr std::size_t k_block_bits = 8 * sizeof(FilterBlock);
  std::vector<FilterBlock> blocks((hashes.size() * k_bits_per_text + k_block_bits - 1) / k_block_bits);
  for (const std::uint64_t hash : hashes) {
    FilterBlock& block = blocks[block_of(hash, blocks.size())];
    const FilterBlock bits = bits_of(hash);
    for (std::size_t i = 0; i < bits.size(); ++i) block[i] |= bits[i];
  }
  return {reinterpret_cast<const char*>(blocks.data()), blocks.size() * sizeof(FilterBlock)};
}

bool text_filter_may_have(std::string_view filter, std::uint64_t hash) {
  if (filter.empty() || filter.size() % sizeof(FilterBlock) != 0) return true;
  FilterBlock block;
  const std::size_t at = block_of(hash, filter.size() / sizeof block);
  std::memcpy(&block, filter.data() + at * sizeof block, sizeof block);
  const FilterBlock bits = bits_of(hash);
  std::uint32_t missing = 0;
  for (std::size_t i = 0; i < bits.size(); ++i) missing |= bits[i] & ~block[i];
  return missing == 0;
}

}  // namespace pk::store
