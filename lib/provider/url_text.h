// Texts that become parts of a URL. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/char_set.h"
#include "base/result.h"

namespace pk::provider {

// What stands in a URL as it is (RFC 3986, unreserved).
inline constexpr CharSet k_url_unreserved = CharSet::alphanumeric_and("-._~");

// Every byte outside `kept` as %XX.
std::string percent_encoded(std::string_view text, const CharSet& kept = k_url_unreserved);

// The same undone: %XX as its byte, what is no such escape as it is.
std::string percent_decoded(std::string_view text);

// Whether a path or query holds what it may not hold as it is: it would end the URL early or make no request
// line.
bool has_foreign_byte(std::string_view text);

std::string_view without_end_slashes(std::string_view url);

// A client's path that is none of the unified ones.
struct PassedPath {
  std::string_view rest;  // behind /v1/proxy or /v1: "" or from its slash on
  bool proxy = false;     // it was /v1/proxy: the rest is meant as it is
};
// Errors are invalid: another beginning, or bytes that no URL has.
Result<PassedPath> passed_path(std::string_view path);

}  // namespace pk::provider
