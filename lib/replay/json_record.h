// A log record out of its JSON, as pk logs show --json and GET /v1/logs/{id} give it: what log/json.h writes,
// read back. Pure.
#pragma once

#include <string_view>

#include "base/result.h"
#include "log/record.h"

namespace pk::replay {

// Unknown members are passed over, those that are missing or null stay as a record has them. A body that is
// JSON is the text that stands there; a stream that was joined stays the message that it was joined to. What
// the JSON leaves out, the seed of the route's choices, is that of the record's id, or, of a replay, of its
// original's. invalid, naming the member, for one of the wrong kind, and for what is no record: no id.
Result<log::LogRecord> read_record(std::string_view json);

}  // namespace pk::replay
