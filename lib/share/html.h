// Writing HTML of texts that nobody may trust. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pk::share {

// A JSON text longer than this is shown up to here.
inline constexpr std::size_t k_shown_bytes_max = 1'000'000;

// Text for between tags and within attribute values in double quotes: & < > " ' as references, control
// characters made visible, bytes that are no UTF-8 too. New line and tab stay.
void append_escaped(std::string& out, std::string_view text);
std::string escaped(std::string_view text);

// & < > alone: what unescaped() turns back into the same bytes.
void append_quoted_markup(std::string& out, std::string_view text);
std::string markup_unquoted(std::string_view text);

// JSON laid out for a person, its tokens marked by class: key, text, number (literals too). A text that is no
// JSON is escaped as it is. Longer than k_shown_bytes_max: cut, with a note.
void append_json_html(std::string& out, std::string_view json);

}  // namespace pk::share
