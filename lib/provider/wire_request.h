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

// A name as one path segment (url_text.h). Invalid where it is empty, "." or "..": it is the model's, and the
// text says so.
Result<std::string> model_segment(std::string_view model, std::string_view slug);

// A POST of JSON.
WireRequest json_request(std::string url, std::string body);

// The client's method and body to where resolve() (target.h) says, no headers yet.
Result<WireRequest> passed_on(const ClientCall& call);

// What makes the requests of a dialect for chat completions and embeddings, and for paths that are none of
// the unified ones. Other endpoints are invalid.
struct Encoders {
  Result<WireRequest> (*chat)(const ClientCall& call);
  Result<WireRequest> (*embeddings)(const ClientCall& call);
  Result<WireRequest> (*other)(const ClientCall& call);
};
Result<WireRequest> encoded_by(const Encoders& encoders, const ClientCall& call);

}  // namespace pk::provider
