// The scan behind LogReader::scan_columns.
#pragma once

#include <functional>

#include "base/result.h"
#include "store/env.h"
#include "store/reader.h"

namespace pk::store {

// `go_on` is asked before each page of blocks and rows; its error ends the scan.
Result<void> scan_columns(const Env& env, const Range& range, ColumnVisitor& visitor,
                          const std::function<Result<void>()>& go_on);

}  // namespace pk::store
