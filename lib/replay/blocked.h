// Whether a log can be replayed, and why not. Pure.
#pragma once

#include <string>

#include "base/result.h"
#include "log/record.h"

namespace pk::replay {

// What keeps the record from being sent again, of a record with its content; `none`: nothing.
log::ReplayBlock block_of(const log::LogRecord& record);

// In words: "its virtual key vk-… is archived; pk provider unarchive vk-… puts it into use again".
std::string reason(const log::LogRecord& record, log::ReplayBlock block);

// unauthorized, with the reason, if it cannot be replayed.
Result<void> check(const log::LogRecord& record);

}  // namespace pk::replay
