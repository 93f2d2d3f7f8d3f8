#include "replay/json_record.h"

#include "gateway/replay.h"
#include "share/record_json.h"

namespace pk::replay {

Result<log::LogRecord> read_record(std::string_view json) {
  PK_ASSIGN(log::LogRecord record, share::read_record(json));
  record.seed = static_cast<std::int64_t>(gateway::seed_of(record.replay_of.value_or(record.id)));
  return record;
}

}  // namespace pk::replay
