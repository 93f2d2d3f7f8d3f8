// Which texts a column of a block may have, for those who look for one that most blocks do not have: a
// split-block Bloom filter, so that about one look in a hundred is in vain. A bucket has a check of its own,
// for a look is at one of them. On disk: FORMAT.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pk::store {

inline constexpr std::size_t k_text_filter_texts_min = 64;  // fewer are found as fast where they are

// As it lies in the ledger.
struct TextFilterBucket {
  std::array<std::uint32_t, 7> words{};
  std::uint32_t check = 0;
};
static_assert(sizeof(TextFilterBucket) == 32);

std::uint64_t text_filter_hash(std::string_view text);
// Of a pair: one of another name or value has another, wherever the name ends.
std::uint64_t text_filter_hash(std::string_view name, std::string_view value);

// `seed`: the segment's. No bytes for no hashes.
std::string make_text_filter(const std::vector<std::uint64_t>& hashes, std::uint64_t seed);

// Which bucket of a filter of so many bytes tells of a text. Nothing: it is no filter.
std::optional<std::size_t> text_filter_bucket(std::size_t filter_bytes, std::uint64_t hash);
// Whether it is as it was written, at that place of that filter.
bool is_whole(const TextFilterBucket& bucket, std::uint64_t seed, std::size_t place);
// False: surely not.
bool may_have(const TextFilterBucket& bucket, std::uint64_t hash);

}  // namespace pk::store
