// libjq, loaded by the first --jq (base/shared_library.h).
#pragma once

#include "base/result.h"

namespace pk::cmd {

// Must have gone well before any function of <jq.h> and <jv.h> is called. Error: io, with what to install.
Result<void> load_jq();

}  // namespace pk::cmd
