// What was said in an exchange, whatever the form of its request and answer: chat completions, completions,
// messages, responses, embeddings. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "log/record.h"

namespace pk::share {

struct Part {
  enum class Kind : std::uint8_t { text, reasoning, call, result, media, json };
  Kind kind = Kind::text;
  std::string text;  // of a call its name, of media what it is: "Image"
  std::string json;  // call, result, json: the value; of media a detail in words: "image/png, 12 kB"
  bool operator==(const Part&) const = default;
};

struct Turn {
  std::string role;
  std::vector<Part> parts;
  bool operator==(const Turn&) const = default;
};

// Of a request's body, and of an answer's (a stream as the message that it joins to); an error is a turn of
// the role "error". None of what is no JSON object.
std::vector<Turn> request_turns(const log::Content& request);
std::vector<Turn> response_turns(const log::Content& response);

}  // namespace pk::share
