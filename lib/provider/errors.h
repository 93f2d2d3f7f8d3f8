// Upstream errors: the shape in which clients of the unified routes get them, and the one line for the log.
// Pure; any bytes will do: JSON of many makes, HTML, plain text, an event stream, nothing at all.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pk::provider {

// The longest line that is made of an error.
inline constexpr std::size_t k_error_text_bytes_max = 2048;
// Of a text that is no JSON, at most this much goes into the shaped error.
inline constexpr std::size_t k_error_page_bytes_max = 64 * 1024;

// The JSON body for a client, for a non-2xx answer on a unified route:
//   {"error":{"message":"SLUG error: …","type":…,"param":…,"code":…},"provider":"SLUG"}
// type, param and code are the upstream's where it gave plain values, else null. A body that is HTML or plain
// text stands beside it whole in "html-message", as Portkey's gateway has it; Anthropic's "type":"error" is
// kept, which its clients look at. Always valid JSON in UTF-8, to be sent as application/json with the
// upstream's status.
std::string shape_error(std::string_view slug, int status, std::string_view content_type,
                        std::string_view body);

// The same for Anthropic's clients (/v1/messages), whatever the provider's form: Anthropic's, with our member
// beside it:
//   {"type":"error","error":{"type":"rate_limit_error","message":"SLUG error: …"},"provider":"SLUG"}
// The type is the upstream's where it is a word of Anthropic's, else the one for the status
// (https://docs.anthropic.com/en/api/errors). A status below 400 counts as 500: an error in a good answer.
std::string shape_messages_error(std::string_view slug, int status, std::string_view content_type,
                                 std::string_view body);

// An error of the gateway's own in that form; `provider` is left out for "".
std::string messages_error_json(int status, std::string_view message, std::string_view provider);

// The message in the value of an `error` member, given as it stands: a string, an object of any of the known
// forms; "" for null, false and broken text.
std::string error_text_of_value(std::string_view json);

// The upstream's own words, on one line and at most k_error_text_bytes_max long (usage.h): the message of the
// error object in any of the known forms; else the text itself. "" for an empty body.
std::string error_text(std::string_view body);

}  // namespace pk::provider
