// What the routes of the control plane work with, the same for all workers. Made once by serve; outlives
// them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "admin/pool.h"
#include "base/clock.h"
#include "config/pattern.h"
#include "log/sink.h"
#include "store/env.h"

namespace pk::admin {

// Any thread.
struct Services {
  const Clock& clock;
  log::Sink& sink;
  Pool& pool;
  std::shared_ptr<store::Env> env = {};                   // null: there is no ledger
  std::string trouble = {};                               // why
  std::string public_url = {};                            // "": links lead to the Host of who asks for them
  std::vector<config::NamedPattern> share_patterns = {};  // what redacted shares mask besides
};

}  // namespace pk::admin
