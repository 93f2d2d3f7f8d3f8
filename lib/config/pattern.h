// Regular expressions out of configs, on texts out of requests: whoever writes either must not be able to
// hold up a worker. RE2 takes time that is linear in the text and bounded memory; it has no lookaround and no
// back references. Pure, any thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace pk::config {

inline constexpr std::size_t k_pattern_bytes_max = 512;
inline constexpr std::size_t k_pattern_memory_bytes_max = 256 * 1024;

// invalid with RE2's reason: "missing ): (a", or that it is too long.
Result<void> check_pattern(std::string_view pattern);

// Whether it is found anywhere in `text`. A pattern that check_pattern() refuses is found nowhere.
bool pattern_found(std::string_view pattern, std::string_view text);

}  // namespace pk::config
