// `pk serve --replay`: answers from the ledger instead of asking providers.
#pragma once

#include <string>
#include <vector>

#include "command.h"

namespace pk::cmd {

struct RecordedFlags {
  std::vector<std::string> filters;  // --replay; empty: a server that asks providers
  std::string speed;                 // --replay-speed; "" for 1
};
// `flags` outlives the command.
void add_recorded_flags(CLI::App& command, RecordedFlags& flags);

// invalid: a speed without anything to answer from.
Result<void> check_recorded_flags(const RecordedFlags& flags);

// Until a signal. Writes nothing, so that it may run beside a server on the same ledger.
Result<Exit> serve_recorded(Context& context, const RecordedFlags& flags);

}  // namespace pk::cmd
