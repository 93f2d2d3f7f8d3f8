// Which other processes have a file open, for a message to a person.
#pragma once

#include <filesystem>
#include <string>

namespace pk::store {

// "process 4711 (pk logs list -f)", several with commas, at most five; "" if none is found. Processes of
// other users are not seen.
std::string openers_text(const std::filesystem::path& file);

}  // namespace pk::store
