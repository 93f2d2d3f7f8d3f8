// Reads a condition's query (the reference, 3.4):
//   {"metadata.plan": "paid", "params.temperature": {"$gte": 0.5, "$lt": 1}, "$or": [{…}, {…}]}
// All members of an object must hold; the reference stops at its first $and, $or or $regex, which is a slip.
// Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "config/config_problems.h"
#include "config/gateway_config.h"
#include "config/json_value.h"

namespace pk::config {

inline constexpr std::size_t k_query_depth_max = 16;         // $and and $or within each other
inline constexpr std::size_t k_query_comparisons_max = 256;  // of one query

// Whether it names something of a request: "metadata.x", "params.x" (a top-level member of the body) or
// "url.pathname".
bool is_fact_key(std::string_view key);

// The query of an object; nothing, and each reason in `problems`, if it cannot be one: an operator that is
// none, an operand of a wrong type, a regular expression that does not compile, a key that names nothing.
std::optional<Query> parse_query(const Spot& at, const JsonValue& object, Problems& problems);

}  // namespace pk::config
