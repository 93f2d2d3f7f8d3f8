// Whether a JSON schema is one that OpenAI's strict mode takes; it refuses a request with any other.
// https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
#pragma once

#include <cstddef>

#include "provider/json_view.h"

namespace pk::provider {

// A deeper schema counts as one that is not strict.
inline constexpr std::size_t k_strict_schema_depth_max = 64;

// The root is an object; every object in it requires all its properties and allows no others; nothing is said
// in words that strict mode does not know (allOf, oneOf, not, if …). Pure.
bool fits_strict(const JsonView& schema);

}  // namespace pk::provider
