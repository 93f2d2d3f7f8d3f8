// Writes OpenAI's chat completions, whole and in chunks, for the dialects whose providers have another form.
// https://platform.openai.com/docs/api-reference/chat
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pk::provider {

// What the body or every chunk of one answer says of itself.
struct ChatEnvelope {
  std::string id;
  std::string model;
  std::string provider;  // slug
  std::int64_t created_s = 0;
};

inline constexpr std::string_view k_chat_end_mark = "data: [DONE]\n\n";

// {"id":…,"object":"chat.completion",…,"choices":[{"index":0,"message":MESSAGE,"logprobs":null,
// "finish_reason":"…"}],"usage":USAGE}. `message` and `usage` are JSON; no member `usage` for "".
std::string chat_body(const ChatEnvelope& envelope, std::string_view message, std::string_view finish_reason,
                      std::string_view usage);

// Appends one event with a chunk of one choice. `delta` and `usage` are JSON; "" for no usage; an empty
// finish_reason is null.
void append_chat_chunk(std::string& out, const ChatEnvelope& envelope, std::string_view delta,
                       std::string_view finish_reason = "", std::string_view usage = "");

// Appends an event with an error that is JSON already (errors.h).
void append_chat_error(std::string& out, std::string_view error);

// The error of an answer that is none of the provider's form, in the shape of shape_error(): its type is
// "upstream_error", its message "SLUG error: REASON".
std::string broken_answer_error(std::string_view slug, std::string_view reason);

}  // namespace pk::provider
