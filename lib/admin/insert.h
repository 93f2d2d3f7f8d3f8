// Logs that are put in by the API (POST /v1/logs): calls that did not go through pk. Portkey's form: one
// object or an array of {"request":{…},"response":{…},"metadata":{…}}.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "admin/guard.h"
#include "base/result.h"
#include "log/record.h"

namespace pk::admin {

inline constexpr std::size_t k_inserts_max = 1'000;  // in one array
inline constexpr std::size_t k_path_bytes_max = 4'096;
inline constexpr std::size_t k_insert_metadata_max = 64;  // keys
// Of a key or value of the metadata, an id, a model …: longer ones are cut.
inline constexpr std::size_t k_insert_text_bytes_max = 1'024;

// The records that a body means, masked as those of proxied calls are; without ids and what
// Knowledge::complete fills. invalid: what is wrong, and of which one; all are good or there is none.
Result<std::vector<log::LogRecord>> read_inserts(std::string_view body, const Caller& caller,
                                                 std::int64_t now_ms);

// Of a record that is complete: what is left where nothing is to be tracked.
void forget_content(log::LogRecord& record);

}  // namespace pk::admin
