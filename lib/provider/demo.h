// The provider `demo`: built in, no key, no network. It answers chat, completions, embeddings and the model
// list in OpenAI's form, plain and streamed, so that everything in pk can be tried on a fresh machine. Pure:
// the same request and id give the same answer.
//
// - Models: any name is taken; the list offers demo-1, demo-mini, demo-embed. demo-error-NNN (400 to 599)
//   fails with that status, 429 with a retry-after of one second. demo-cut streams three events and then
//   ends without an end mark.
// - Words: it repeats the last user message. With `tools` it calls the first tool that the last message, if
//   it is the user's, asks for: by the word "tool" or a word of the tool's name ("weather" for get_weather);
//   or what tool_choice demands.
// - Tokens: one per four bytes of text, and four per message and per tool. Prices are in prices.def.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "log/record.h"
#include "provider/body.h"

namespace pk::provider {

inline constexpr std::size_t k_demo_reply_bytes_max = 16 * 1024;  // a longer message is repeated up to here
inline constexpr std::size_t k_demo_dimensions = 256;             // of an embedding, unless asked otherwise
inline constexpr std::size_t k_demo_dimensions_max = 4096;
inline constexpr std::size_t k_demo_inputs_max = 2048;

struct DemoReply {
  int status = 200;
  log::Headers headers;             // content-type, and retry-after where it applies
  std::string body;                 // "" for a stream
  std::vector<std::string> chunks;  // a stream: one event each, blank line included; not empty means stream
};

// The answer to a request that the gateway has read. `path` is the client's (for GET /v1/models); `id_seed`
// is any text that differs between requests (the record's id): it becomes part of the reply's id. `now_s` is
// the wall clock, in seconds. `body` has passed BodyReader::read for the unified endpoints. Unknown paths get
// a 404 in OpenAI's form.
DemoReply answer(log::Endpoint endpoint, std::string_view method, std::string_view path,
                 const BodyFacts& facts, std::string_view body, std::string_view id_seed, std::int64_t now_s);

}  // namespace pk::provider
