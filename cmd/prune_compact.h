// What `pk prune --compact` does, beside a running server or without one.
#pragma once

#include "base/result.h"
#include "command.h"
#include "store/compact.h"

namespace pk::cmd {

// In a process that has closed the ledger. The server compacts it where one runs: it answers
// within about a second more than it takes. timeout: it does not answer.
Result<store::CompactReport> compact_ledger(const Context& context);

}  // namespace pk::cmd
