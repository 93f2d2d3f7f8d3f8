// Writing JSON text piece by piece: for records, errors and lines that are written in order, each number by
// fmt so that 0.7 stays 0.7. Reading is simdjson's, or JsonReader's (base/json_reader.h) where the text
// itself is to be kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_reader.h"

namespace pk {

// `text` as a JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);
std::string json_string(std::string_view text);

void append_json_number(std::string& out, std::int64_t value);
void append_json_number(std::string& out,
                        double value);  // shortest form that reads back the same; not finite: null

// Whether `text` is one whole JSON value (numbers of any size), no deeper than `depth_max`, in UTF-8. No
// allocation.
bool is_json(std::string_view text, std::size_t depth_max = k_json_depth_max);

}  // namespace pk
