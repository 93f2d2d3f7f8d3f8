// JSON laid out for a person.
#pragma once

#include <string>
#include <string_view>

namespace pk::cmd {

// Appends `json` over several lines, each with `indent` spaces more; control characters visible, as JSON's
// own escapes. Text that is no JSON is appended as it is, visible, line by line.
void append_pretty(std::string& out, std::string_view json, bool color, std::size_t indent);

// JSON for a person to edit: as it is where it has lines, laid out where it is one; ends with a line feed.
std::string laid_out(std::string_view json);

// Appends `text`, each of its lines after `indent` spaces, control characters visible.
void append_indented(std::string& out, std::string_view text, std::size_t indent);

}  // namespace pk::cmd
