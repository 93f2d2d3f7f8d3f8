#include "store/text_filter.h"

#include <xxhash.h>

namespace pk::store {

namespace {

// One bit in each word of one bucket says that a text is there. The multipliers are those of Parquet's
// filters.
using Words = decltype(TextFilterBucket::words);
constexpr Words k_salts = {0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d,
                           0x705495c7, 0x2df1424b, 0x9efc4947};
constexpr std::size_t k_bits_per_text = 12;  // with those of the checks

std::size_t bucket_of(std::uint64_t hash, std::size_t buckets) {
  return static_cast<std::size_t>(((hash >> 32) * buckets) >> 32);
}

Words bits_of(std::uint64_t hash) {
  Words bits;
  for (std::size_t i = 0; i < bits.size(); ++i)
    bits[i] = std::uint32_t{1} << ((static_cast<std::uint32_t>(hash) * k_salts[i]) >> 27);
  return bits;
}

std::uint32_t check_of(const Words& words, std::uint64_t seed, std::size_t place) {
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(words.data(), sizeof words, seed + place));
}

}  // namespace

std::uint64_t text_filter_hash(std::string_view text) {
  return XXH3_64bits(text.data(), text.size());
}

std::uint64_t text_filter_hash(std::string_view name, std::string_view value) {
  return XXH3_64bits_withSeed(value.data(), value.size(), text_filter_hash(name));
}

std::string make_text_filter(const std::vector<std::uint64_t>& hashes, std::uint64_t seed) {
  constexpr std::size_t k_bucket_bits = 8 * sizeof(TextFilterBucket);
  std::vector<TextFilterBucket> buckets((hashes.size() * k_bits_per_text + k_bucket_bits - 1) /
                                        k_bucket_bits);
  for (const std::uint64_t hash : hashes) {
    Words& words = buckets[bucket_of(hash, buckets.size())].words;
    const Words bits = bits_of(hash);
    for (std::size_t i = 0; i < bits.size(); ++i) words[i] |= bits[i];
  }
  for (std::size_t i = 0; i < buckets.size(); ++i) buckets[i].check = check_of(buckets[i].words, seed, i);
  return {reinterpret_cast<const char*>(buckets.data()), buckets.size() * sizeof(TextFilterBucket)};
}

std::optional<std::size_t> text_filter_bucket(std::size_t filter_bytes, std::uint64_t hash) {
  if (filter_bytes == 0 || filter_bytes % sizeof(TextFilterBucket) != 0) return {};
  return bucket_of(hash, filter_bytes / sizeof(TextFilterBucket));
}

bool is_whole(const TextFilterBucket& bucket, std::uint64_t seed, std::size_t place) {
  return bucket.check == check_of(bucket.words, seed, place);
}

bool may_have(const TextFilterBucket& bucket, std::uint64_t hash) {
  const Words bits = bits_of(hash);
  std::uint32_t missing = 0;
  for (std::size_t i = 0; i < bits.size(); ++i) missing |= bits[i] & ~bucket.words[i];
  return missing == 0;
}

}  // namespace pk::store
