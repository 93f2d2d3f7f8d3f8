// The amounts and dates of a text in their order. Private to the guard; pure.
#pragma once

#include <string>
#include <vector>

#include "cache/guard_text.h"

namespace pk::cache {

// "5 km", "250 $", "3 th", "+": digits, number words and signs, each with its unit.
std::vector<std::string> amounts_of(const GuardText& text);

std::vector<std::string> dates_of(const GuardText& text);
// Whether that token is one of them.
bool is_date(const std::vector<GuardToken>& tokens, std::size_t i);

}  // namespace pk::cache
