// A shared log as a file: what is written is sealed with a sum, so that a change is noticed; what is read is
// such a page, or a record's JSON as `pk logs show --json` prints it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pk::share {

inline constexpr std::size_t k_file_bytes_max = 400'000'000;

// The element of a page that holds the record.
inline constexpr std::string_view k_record_id = "pk-record";

// `page` with a last line that has its sum: against accidents and careless hands, not against forgers.
std::string sealed(std::string page);

struct SharedLog {
  std::string json;      // of the record, valid JSON; whether it is a record is the reader's question
  bool changed = false;  // a page that is not as pk wrote it, or whose end is missing
};

// invalid: neither a page with a whole record nor a JSON object; the message goes on after the file's name.
Result<SharedLog> parse_shared(std::string_view bytes);
// not_found, unauthorized, io: as the system said. limit: larger than k_file_bytes_max. Else as above.
Result<SharedLog> read_shared(const std::filesystem::path& file);

// Whether an argument that may be a log's id is meant as a file: it has a `/` or ends in .html or .json.
bool names_file(std::string_view argument);

}  // namespace pk::share
