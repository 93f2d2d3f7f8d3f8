// The sum of a segment of a block of columns, and what the checks within a segment begin with.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/ids.h"

namespace pk::store {

// As FORMAT.md has them; `key` is the block's.
std::uint64_t segment_seed(const Uuid& key, std::uint8_t column);
std::uint64_t segment_sum(const Uuid& key, std::uint8_t column, std::string_view segment);

}  // namespace pk::store
