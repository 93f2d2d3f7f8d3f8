// Why a request went where it went, in words, one decision after the other: out of its record and the config
// that it ran under. Pure.
#pragma once

#include <string>
#include <vector>

#include "log/record.h"
#include "record_config.h"

namespace pk::cmd {

struct Decision {
  std::string option;  // whose it is: "config", "config.targets[0]"
  std::string text;    // may hold words of the request or of an upstream: not made visible
  bool operator==(const Decision&) const = default;
};

struct Explanation {
  std::vector<Decision> decisions;
  // Why the decisions could not be worked out, so that only the attempts are told; "" if they could.
  std::string missing;
};

// Where the config came from; for each target who named provider, model and host, and what bounds it; each
// choice, retry and fallback (route/why.h); and what the client got.
Explanation explain(const log::LogRecord& record, const RecordConfig& config);

}  // namespace pk::cmd
