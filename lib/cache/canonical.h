// One form for all JSON texts that say the same, so that a digest of it is a digest of what they say. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/json_reader.h"

namespace pk::cache {

// A member's value whose form is longer stands there as its digest: members are put in order by copying, and
// what nests would be copied once a level.
inline constexpr std::size_t k_canonical_member_bytes_max = 256;

// Appends the form of the value whose first token, `first`, `reader` has just given, and goes past it. False,
// with part of it in `out`, where the text breaks.
//
// Every part says its kind and its size, so that no two values have one form. White space is dropped, members
// are in the order of their names, twins among them in the order of the text: who reads the first and who
// reads the last sees different requests. Strings are unescaped, but for those whose escapes are no
// characters (half a surrogate pair). Numbers are their text: 1 and 1.0 differ.
bool append_canonical(std::string& out, JsonReader& reader, JsonToken first);

// The form of a string or key token.
void append_canonical_string(std::string& out, std::string_view token);

}  // namespace pk::cache
