// The sum of a segment of a block of columns.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/ids.h"

namespace pk::store {

// As FORMAT.md has it; `key` is the block's.
std::uint64_t segment_sum(const Uuid& key, std::uint8_t column, std::string_view segment);

}  // namespace pk::store
