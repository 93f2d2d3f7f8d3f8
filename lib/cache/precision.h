// How often a semantic hit would have been answered the same upstream, as far as that was tried. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace pk::cache {

// Names of LocalStore::count(): hits that were also asked upstream, by how the answers compared.
inline constexpr std::string_view k_shadow_same = "shadow-same";
inline constexpr std::string_view k_shadow_different = "shadow-different";
inline constexpr std::string_view k_shadow_unknown = "shadow-unknown";  // no answer to compare with

struct Interval {
  double low = 0;
  double high = 1;
};

// The 95 % score interval of a proportion (Wilson 1927; Newcombe 1998, method 3). Of none: everything is
// possible.
Interval wilson_95(std::uint64_t successes, std::uint64_t total);

}  // namespace pk::cache
