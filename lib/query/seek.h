// Passing over many matches without reading them: a list is shown from its middle on.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "query/filter.h"
#include "store/reader.h"

namespace pk::query {

// Moves the beginning of `range`, in its order, past as many of the first `count` matches as columns can tell
// of, and answers how many are still to be passed over. The filter has no search. Costs what a count does.
Result<std::uint64_t> pass_over(const store::LogReader& reader, const Filter& filter, store::Range& range,
                                std::uint64_t count);

}  // namespace pk::query
