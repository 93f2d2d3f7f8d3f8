// The scan behind LogReader::scan_columns.
#pragma once

#include "base/result.h"
#include "store/env.h"
#include "store/reader.h"

namespace pk::store {

Result<void> scan_columns(const Env& env, const Range& range, ColumnVisitor& visitor);

}  // namespace pk::store
