// One term of a filter on a block of columns.
#pragma once

#include "query/filter.h"
#include "store/block.h"
#include "store/feedback_totals.h"

namespace pk::query {

// What a term says of a whole block, or that it says it of each record.
enum class TermSays {
  cannot,  // a column is missing or damaged
  none,
  all,
  each,  // in the mask, for whoever is in it: 1 where it holds
};

// `mask` has the block's size; what is in it matters only after TermSays::each. `exact` becomes false where
// the term may hold for fewer than it says. `feedback` is there if the term asks for it.
TermSays evaluate(const Term& term, const store::Block& block, const store::FeedbackTotals* feedback,
                  store::BlockMask& mask, bool& exact);

}  // namespace pk::query
