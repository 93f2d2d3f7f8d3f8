// What a stream said, as the JSON body that the same call would have given without streaming.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "log/record.h"

namespace pk::log {

// Joins the events of an OpenAI chat or text completion, of an Anthropic message, or of an OpenAI response.
// Pure. A stream that ends early gives what came until then; an error event becomes the `error` member; what
// is no event of these is passed over. Numbers keep their digits. Nothing if there was not one event of these
// forms: show the events then.
std::optional<std::string> joined_message(std::string_view events);

// Whether a body is a stream's events: by its content type, or, where none was kept, by how it begins.
bool is_event_stream(const Content& content);
bool is_event_stream(std::optional<std::string_view> content_type, std::string_view body);

}  // namespace pk::log
