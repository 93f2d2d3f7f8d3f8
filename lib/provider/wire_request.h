// What the encoders of all dialects do alike: URLs from base, prefix and model, and requests that pass as
// they are. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "provider/dialect.h"

namespace pk::provider {

// The custom host, else the provider's base URL, and the prefix, once; without a slash at the end.
std::string base_and_prefix(const ClientCall& call);

// A name as one path segment: every byte but letters, digits and -._~ as %XX. Invalid where the name is
// empty,
// "." or "..": it is the model's, and the text says so.
Result<std::string> model_segment(std::string_view model, std::string_view slug);
std::string percent_encoded(std::string_view text);

// A POST of JSON.
WireRequest json_request(std::string url, std::string body);

// A path that is none of the unified ones (target.h, resolve): the client's method and body, no headers yet.
Result<WireRequest> passed_on(const ClientCall& call);

}  // namespace pk::provider
