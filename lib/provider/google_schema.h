// JSON Schema, as OpenAI's clients send it for tools and answers, brought down to the part of it that Gemini
// takes: https://ai.google.dev/api/caching#Schema
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "provider/json_view.h"

namespace pk::provider {

// References that lead into each other can blow a small schema up.
inline constexpr std::size_t k_google_schema_bytes_max = 256 * 1024;
inline constexpr std::size_t k_google_schema_depth_max = 64;
// Each schema counts with its length, as often as it is met; an object that references lead through counts
// once more.
inline constexpr std::size_t k_google_schema_read_bytes_max = 8 * 1024 * 1024;
// Of all objects that references lead through.
inline constexpr std::size_t k_google_schema_members_max = 100'000;

// The schema with what Gemini knows, and nothing else:
// - $ref into the document is put in place; one that leads back into itself becomes a plain object;
// - allOf is merged, oneOf is anyOf, a choice between one schema and null is that schema, nullable;
// - `type` of several types is anyOf, null among them is nullable; const is an enum of one;
// - enums of other values than strings, and formats that Gemini refuses, are left out, as are
//   additionalProperties, $schema, default, not, if and all unknown words.
// Errors: limit if it grows beyond the bounds, invalid if a $ref leads nowhere. `schema` is an object.
Result<std::string> google_schema(const JsonView& schema);

}  // namespace pk::provider
