// How a record is put into words for a person.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "log/record.h"
#include "log/words.h"
#include "table.h"

namespace pk::cmd {

using log::cents;
using log::milliseconds;
using log::thousands;

std::string tokens_and_cost(const log::LogRecord& record);  // "1,204 (0.31 ¢)", "–" for what is not known
// Where there is little room words are shorter: "Chat" for "Chat Completion", "hit" for "cache hit".
enum class Room { ample, little };

// "Chat Completion" …; method and path of another.
std::string friendly_path(const log::LogRecord& record, Room room = Room::ample);
// The last characters of an id: enough to name it by.
std::string short_id(const Uuid& id, Room room = Room::ample);

// HTTP status where it is not 2xx, how it ended where not complete, then what of cache, retry, fallback and
// load balance took part; "ok" if there is nothing of all that to say.
Cell status_cell(const log::LogRecord& record, Room room = Room::ample);

}  // namespace pk::cmd
