// How commands reach the ledger: in a child process, so that a damaged file ends in a line and not in a
// signal.
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

// Opens the ledger of `context.data` in a child process and runs `work` there; its error is told there too.
Result<Exit> with_ledger(const Context& context, Access access,
                         const std::function<Result<Exit>(std::shared_ptr<store::Env> env)>& work);

// The child process alone, for work that opens what it reads itself.
Result<Exit> in_child(const std::function<Result<Exit>()>& work);

// Opens it for reading, requests that a crash left open turned into records where that can be written. Null:
// none yet.
Result<std::shared_ptr<store::Env>> open_to_read(const std::filesystem::path& folder);

}  // namespace pk::cmd
