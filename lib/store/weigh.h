// What a removal would free, worked out without doing it: the numbers of a dry run are those of the run.
#pragma once

#include <cstdint>
#include <map>

#include "base/result.h"
#include "store/split.h"
#include "store/txn.h"

namespace pk::store {

// Counts of nodes that a dry run has counted down so far. A node that comes to nothing leaves it, so that it
// holds only the open ends of conversations that reach over the line.
using GhostRefs = std::map<NodeKey, std::uint32_t>;

// As strip_record() and remove_record() would return.
Result<std::uint64_t> weigh_strip(const Txn& txn, const Uuid& id, GhostRefs& refs);
Result<std::uint64_t> weigh_removal(const Txn& txn, const Uuid& id, GhostRefs& refs);

}  // namespace pk::store
