// What logs come to: counts, the values that fields have, statistics.
#pragma once

#include <cstdint>
#include <vector>

#include "admin/routes.h"

namespace pk::admin {

// A count reads at most so many rows before it says that there may be more.
inline constexpr std::uint64_t k_count_rows_max = 2'000'000;
inline constexpr std::size_t k_values_max = 50;

std::vector<Route> figure_routes();

}  // namespace pk::admin
