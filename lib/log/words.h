// Figures and names of a record in words for a person. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "log/record.h"

namespace pk::log {

std::string thousands(std::int64_t value);  // "1,204"
std::string cents(double usd);              // "0.31 ¢"
std::string milliseconds(double ms);        // "12 ms", "1.24 s"

// "Chat Completion" …; "" of another.
std::string_view endpoint_words(Endpoint endpoint);

}  // namespace pk::log
