// Percent-encoding of URLs (RFC 3986, section 2.1). Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/char_set.h"

namespace pk {

// What stands in a URL as it is (RFC 3986, unreserved).
inline constexpr CharSet k_url_unreserved = CharSet::alphanumeric_and("-._~");

// Every byte outside `kept` as %XX.
std::string percent_encoded(std::string_view text, const CharSet& kept = k_url_unreserved);

// The same undone: %XX as its byte, what is no such escape as it is.
std::string percent_decoded(std::string_view text);

}  // namespace pk
