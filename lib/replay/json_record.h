// A log record out of its JSON, as pk logs show --json and GET /v1/logs/{id} give it: what log/json.h writes,
// read back. Pure.
#pragma once

#include <string_view>

#include "base/result.h"
#include "log/record.h"

namespace pk::replay {

// share::read_record(), and what the JSON leaves out, the seed of the route's choices: that of the record's
// id, or, of a replay, of its original's.
Result<log::LogRecord> read_record(std::string_view json);

}  // namespace pk::replay
