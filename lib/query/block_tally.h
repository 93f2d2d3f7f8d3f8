// Adding up the records of a block of columns: what Groups::add does with rows.
#pragma once

#include <optional>

#include "query/groups.h"
#include "store/block.h"
#include "store/feedback_totals.h"

namespace pk::query {

enum class Tallied {
  done,
  cannot,    // a column is missing or damaged: nothing was added
  too_many,  // groups
};

// Adds those that are in `mask`.
Tallied tally_block(const store::Block& block, const store::BlockMask& mask,
                    const store::FeedbackTotals& feedback, Groups& groups);

}  // namespace pk::query
