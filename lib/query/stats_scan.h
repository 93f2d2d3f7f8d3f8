// Adding up what a filter means: by columns as far as there are any, on several threads where there is much.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/work_threads.h"
#include "query/filter.h"
#include "query/groups.h"
#include "store/feedback_totals.h"
#include "store/reader.h"

namespace pk::query {

// A million records have sixty blocks.
inline constexpr std::size_t k_blocks_a_part = 8;

// Into `groups`, which is empty. False: there would be one group too many. Records that cannot be read are
// left out and named in `damaged`. The filter asks neither for contents nor for traces. A thread takes
// `blocks_a_part` blocks of columns at a time; where there are fewer than two parts, it all happens on the
// caller's. The same comes of it on any number of threads.
Result<bool> add_up(const store::LogReader& reader, const Filter& filter,
                    const store::FeedbackTotals& feedback, Groups& groups, std::vector<std::string>& damaged,
                    std::size_t threads = work_threads(), std::size_t blocks_a_part = k_blocks_a_part);

}  // namespace pk::query
