// Whether a condition of a conditional strategy holds for a request (the reference, 3.4). Pure.
#pragma once

#include "config/gateway_config.h"
#include "route/facts.h"

namespace pk::route {

// $eq, $ne, $in, $nin compare without conversion: "1" is not 1. Metadata is text from the start, so there
// "1" is 1 and "true" is true. $gt … $lte compare the numbers that both sides begin with; where one has none
// they are false. A key that the request has not makes every comparison false but $ne and $nin. An empty
// all_of holds, an empty any_of does not.
bool holds(const config::Query& query, const Facts& facts);

// The number that a text begins with, as JavaScript's parseFloat reads it: "12.5ms" is 12.5. Nothing if it
// begins with none, or with one that is not finite.
std::optional<double> leading_number(std::string_view text);

}  // namespace pk::route
