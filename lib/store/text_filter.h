// Which texts a column of a block may have, for those who look for one that most blocks do not have: a
// split-block Bloom filter of 10 bits a text, so that about one look in a hundred is in vain. On disk:
// FORMAT.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pk::store {

inline constexpr std::size_t k_text_filter_texts_min = 64;  // fewer are found as fast where they are

std::uint64_t text_filter_hash(std::string_view text);
// Of a pair: one of another name or value has another, wherever the name ends.
std::uint64_t text_filter_hash(std::string_view name, std::string_view value);

std::string make_text_filter(const std::vector<std::uint64_t>& hashes);

// False: surely not. A filter of no bytes, or with bytes too many, has everything.
bool text_filter_may_have(std::string_view filter, std::uint64_t hash);

}  // namespace pk::store
