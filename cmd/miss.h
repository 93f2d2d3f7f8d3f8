// Why the cache had nothing for a request, in words.
#pragma once

#include <filesystem>
#include <string>

#include "log/record.h"

namespace pk::cmd {

// "" where the record is no miss. Reads the cache in `data`, first in a child process, for its file may be
// damaged. May hold names of the request's members: not made visible.
std::string explain_miss(const std::filesystem::path& data, const log::LogRecord& record);

}  // namespace pk::cmd
