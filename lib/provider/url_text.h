// Texts that become parts of a URL. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/percent.h"
#include "base/result.h"

namespace pk::provider {

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
