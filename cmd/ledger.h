// How commands reach the ledger: so that a damaged file ends in a line and not in a signal.
#pragma once

#include <functional>
#include <memory>

#include "command.h"
#include "store/env.h"

namespace pk::cmd {

enum class Access {
  read,    // `env` is null if there is no ledger yet
  change,  // read_write; `env` is null if there is no ledger yet
  create,  // read_write; a missing ledger is made
};

// Opens the ledger of `context.data` and runs `work`, after guard().
Result<Exit> with_ledger(const Context& context, Access access,
                         const std::function<Result<Exit>(std::shared_ptr<store::Env> env)>& work);

// For work that opens what it reads itself: if damage ends it, this process ends with a line (store/probe.h).
void guard();

// Opens it for reading, requests that a crash left open turned into records where that can be written. Null:
// none yet.
Result<std::shared_ptr<store::Env>> open_to_read(const std::filesystem::path& folder);

}  // namespace pk::cmd
