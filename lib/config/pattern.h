// Regular expressions out of configs, on texts out of requests: whoever writes either must not be able to
// hold up a worker. RE2 takes time that is linear in the text and bounded memory; it has no lookaround and no
// back references. Pure, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pk::config {

inline constexpr std::size_t k_pattern_bytes_max = 512;
inline constexpr std::size_t k_pattern_memory_bytes_max = 64 * 1024;
// Linear still means text times pattern: these keep the worst pattern under 20 ms, a usual one under 10 µs.
inline constexpr int k_pattern_steps_max = 600;                    // of the compiled pattern
inline constexpr std::size_t k_pattern_text_bytes_max = 8 * 1024;  // of a text, from its front

// A pattern that says what it finds: {"customer", "C-[0-9]{6}"}.
struct NamedPattern {
  std::string name;
  std::string pattern;
  bool operator==(const NamedPattern&) const = default;
};

// invalid with RE2's reason: "missing ): (a", or that it is too long.
Result<void> check_pattern(std::string_view pattern);

// Whether it is found anywhere in the first k_pattern_text_bytes_max of `text`. A pattern that
// check_pattern() refuses is found nowhere.
bool pattern_found(std::string_view pattern, std::string_view text);

}  // namespace pk::config
