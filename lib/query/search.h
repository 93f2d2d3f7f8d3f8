// Searching in bodies: what the filter's searches look at.
#pragma once

#include <string_view>

#include "log/record.h"
#include "query/filter.h"

namespace pk::query {

// Whether `text` is in `body`: as it stands, or in the texts of its JSON with their escapes undone. ASCII
// case is ignored.
bool body_has(std::string_view body, std::string_view text);

// Whether each search of `filter` is found in the request's or the response's body, or in the message that a
// streamed response makes. `record` must be whole; without content nothing is found.
bool matches_content(const Filter& filter, const log::LogRecord& record);

}  // namespace pk::query
