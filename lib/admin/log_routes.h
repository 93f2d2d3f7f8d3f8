// /v1/logs: lists, single logs, removal.
#pragma once

#include <vector>

#include "admin/routes.h"
#include "log/record.h"
#include "store/reader.h"

namespace pk::admin {

std::vector<Route> log_routes();

// For routes of one log: the record that the pattern's {id} means, in whichever way the command line takes
// one. not_found, or invalid where several are meant.
Result<Uuid> log_id_of(const store::LogReader& reader, std::string_view text);
Result<log::LogRecord> log_of(const store::LogReader& reader, std::string_view text);

}  // namespace pk::admin
