// The scan behind LogReader::scan_columns.
#pragma once

#include <functional>
#include <vector>

#include "base/result.h"
#include "store/env.h"
#include "store/reader.h"

namespace pk::store {

// `go_on` is asked before each page of blocks and rows; its error ends the scan.
Result<void> scan_columns(const Env& env, const Range& range, ColumnVisitor& visitor,
                          const std::function<Result<void>()>& go_on);

// Ids within the range that begin a block, every `blocks`th of them: where it can be cut into parts that have
// as much each.
Result<std::vector<Uuid>> block_cuts(const Env& env, const Range& range, std::size_t blocks);

}  // namespace pk::store
