// What an answer says, as far as two answers are compared: text, tool calls, vectors, the words of an error.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "log/record.h"

namespace pk::replay {

struct ToolCall {
  std::string name;
  std::string arguments;  // JSON in one spelling: no spaces, members by name; other text as it came
  bool operator==(const ToolCall&) const = default;
};

struct Said {
  std::string text;  // of all choices, one after the other; of an error its message, else all of it
  std::vector<ToolCall> tool_calls;
  std::string data;  // of embeddings: their vectors, as JSON
  bool operator==(const Said&) const = default;
};

// Of a response as it is stored, a stream's events joined. What is none of an endpoint's answers says its
// text.
Said said(const log::Content& response);

// Whether an answer broke off, so that nobody knows what it would have said to its end. One that failed and
// says so itself, by an event or a body with an error, came whole.
bool broke_off(const log::LogRecord& record);

// A JSON text in one spelling, as above; other text as it is.
std::string one_spelling(std::string_view json);

}  // namespace pk::replay
