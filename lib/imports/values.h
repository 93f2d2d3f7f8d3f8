// What the forms of exports have in common: how others write times, metadata, bodies and names, as a record
// has them. Pure; secrets are masked here, as everywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "log/record.h"

namespace pk::imports {

// RFC 3339, also with a space for the T, without an offset (UTC then) or with one of hours alone; seconds or
// milliseconds since 1970. Nothing if it is none of these.
std::optional<std::int64_t> time_of(std::string_view text);

// "true", "TRUE", "1", "yes".
bool is_true(std::string_view text);

// The member of a JSON object as JSON; "" if it is not there, or null.
std::string member(std::string_view json, std::string_view name);
// The same as plain text.
std::string member_text(std::string_view json, std::string_view name);

// The members of a JSON object as texts, those that are objects or arrays left out, values under names of
// secrets masked; or a list of {"key","value"}.
log::Metadata metadata_of(std::string_view json);
std::string value_of(const log::Metadata& metadata, std::string_view name);  // "" if absent

// The members of a JSON object as headers, secrets masked.
log::Headers headers_of(std::string_view json);

// By the path of a URL, or by the name that others have for a kind of call.
log::Endpoint endpoint_of_path(std::string_view path);
std::string_view path_of(log::Endpoint endpoint);  // "/v1/chat/completions"; "/" of another
std::string url_path(std::string_view url);        // without scheme, host and query; "" if there is none

// The slug that a provider has here: "azure" → "azure-openai".
std::string provider_slug(std::string_view name);

// An id that is the same each time: of the time, and of what names the record where it comes from.
Uuid id_for(std::int64_t time_ms, std::string_view form, std::string_view name);

// What every imported record has, and what follows from the rest: state, path, attempts, why it cannot be
// replayed. Last.
void complete(log::LogRecord& record);

}  // namespace pk::imports
