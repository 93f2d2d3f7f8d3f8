// What a client's request is refused with. The texts reach the client, and name what it wrote.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pk::provider {

// The most of a client's word that a text repeats.
inline constexpr std::size_t k_shown_bytes_max = 64;

Error invalid(std::string message);

// A client's word as it may stand in a text: cut, in UTF-8, with control characters made visible.
std::string shown(std::string_view word);

}  // namespace pk::provider
