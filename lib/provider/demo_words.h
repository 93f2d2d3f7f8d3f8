// What the demo provider says (demo.h): the words, tokens and vectors, apart from the form they are sent in.
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pk::provider {

struct DemoWords {
  const char* problem = nullptr;  // why there is no answer, for a 400
  std::string reply;
  std::string tool;            // the tool to call instead of a reply, "" for none
  std::string tool_arguments;  // a JSON object as text
  std::string finish_reason = "stop";
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;
};

// For a chat body: its last user message repeated, or a tool call. max_tokens and max_completion_tokens cut
// the reply (finish_reason "length"); response_format json_object or json_schema makes it {"echo":"…"}.
DemoWords chat_words(std::string_view body);

// For a completion body: the last line of the prompt repeated.
DemoWords completion_words(std::string_view body);

struct DemoEmbeddings {
  const char* problem = nullptr;
  std::vector<std::string>
      vectors;  // each as JSON: an array of numbers, or a string of base64 little-endian floats
  std::int64_t tokens = 0;
};

// For an embeddings body: `input` a string, strings, tokens or lists of tokens. Texts that share words have
// near vectors: each word falls on a few places by its hash, and the vector has length 1.
DemoEmbeddings embed(std::string_view body);

// One per four bytes, rounded up.
std::int64_t demo_tokens(std::string_view text);

}  // namespace pk::provider
