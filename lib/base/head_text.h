// The lines of an HTTP head as text, for whoever writes one: both sides do, twice a request. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pk {

// Whether a byte below 0x20 is in it, be it a tab. Eight bytes at a step: almost every value has none.
bool has_low_control(std::string_view text);

// A value without what would end its line, and make a field of the sender's own: CR, LF and NUL as spaces.
void append_field_value(std::string& out, std::string_view value);

// "name: value\r\n", both without what would end their line.
void append_field(std::string& out, std::string_view name, std::string_view value);

// In decimal: a tenth of what a format string costs.
void append_number(std::string& out, std::uint64_t number);

}  // namespace pk
