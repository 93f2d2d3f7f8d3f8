// Facts and history of an exchange out of its log record, so that why() can say later what was decided then.
// Pure.
#pragma once

#include <string_view>
#include <vector>

#include "log/record.h"
#include "route/facts.h"
#include "route/route.h"

namespace pk::route {

struct Recalled {
  Facts facts;  // views into the record
  std::vector<Outcome> history;
};

// What the record holds: seed, path, metadata, attempts (408 is a timeout, no status a network error, a wait
// after 429 that is no backoff what retry-after asked for; retries that ended early with 429 ended by it; no
// answer where the client got 400 a gateway exception; what the client's leaving cut short no outcome).
// What it does not hold, open breakers and sticky targets, is inferred: a target that the route would have
// asked and that was not asked was left out where its config allows for that. `param` looks into the record's
// request body. The history ends before the first attempt at an option that the config has not.
Recalled recall(const Route& route, const log::LogRecord& record, ParamLookup param);

}  // namespace pk::route
