// The part of verify() that looks at `columns`.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "store/txn.h"

namespace pk::store {

// Tells `found` what is wrong with each block: its sums, its place, or that it does not say what its rows
// say.
Result<void> verify_columns(const ReadTxn& txn, const std::function<void(std::string)>& found);

}  // namespace pk::store
