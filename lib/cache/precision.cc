#include "cache/precision.h"

#include <algorithm>
#include <cmath>

namespace pk::cache {

Interval wilson_95(std::uint64_t successes, std::uint64_t total) {
  if (total == 0) return {};
  constexpr double z = 1.959963984540054;  // of the normal distribution, at 97.5 %
  const auto n = static_cast<double>(total);
  const double p = static_cast<double>(std::min(successes, total)) / n;
  const double middle = 2 * n * p + z * z;
  const double reach = z * std::sqrt(z * z + 4 * n * p * (1 - p));
  const double scale = 2 * (n + z * z);
  return {std::max(0.0, (middle - reach) / scale), std::min(1.0, (middle + reach) / scale)};
}

}  // namespace pk::cache
