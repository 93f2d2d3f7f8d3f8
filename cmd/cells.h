// One value within a line of TSV or CSV. Pure.
#pragma once

#include <string>

namespace pk::cmd {

// Tabs and new lines as \t, \n and \r.
std::string tsv_cell(std::string cell);

// RFC 4180: in quotes where it has to be.
std::string csv_cell(std::string cell);

}  // namespace pk::cmd
