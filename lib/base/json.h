// Writing JSON text piece by piece. Reading is simdjson's; whole documents are Boost.JSON's; this is for records, errors
// and lines that are written in order, each number by fmt so that 0.7 stays 0.7.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pk {

// `text` as a JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);
std::string json_string(std::string_view text);

void append_json_number(std::string& out, std::int64_t value);
void append_json_number(std::string& out, double value);  // shortest form that reads back the same; not finite: null

// Whether `text` is one whole JSON value, no deeper than `depth_max`, in UTF-8.
bool is_json(std::string_view text, std::size_t depth_max = 512);

}  // namespace pk
