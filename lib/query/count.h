// How many records a filter means, and what stands beside one of them.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "base/result.h"
#include "query/filter.h"
#include "store/reader.h"

namespace pk::query {

struct Count {
  std::uint64_t records = 0;
  bool exact = true;  // false: there may be more, `rows_max` were looked at
};

// Damaged records are not counted. At most about `rows_max` rows are read, which take a microsecond each,
// with a search much more; what columns decide is not among them.
Result<Count> count(const store::LogReader& reader, const Filter& filter,
                    std::uint64_t rows_max = std::numeric_limits<std::uint64_t>::max());

struct Neighbours {
  std::optional<Uuid> newer;
  std::optional<Uuid> older;
};

// The matching records next to `id`, which need not match or exist itself.
Result<Neighbours> neighbours(const store::LogReader& reader, const Filter& filter, const Uuid& id);

}  // namespace pk::query
