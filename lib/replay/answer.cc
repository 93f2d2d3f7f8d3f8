#include "replay/answer.h"

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "config/json_value.h"
#include "log/joined.h"

namespace pk::replay {

namespace {

using config::json_elements;
using config::json_member;
using config::json_members;
using config::JsonMember;
using config::JsonValue;

std::string text_of(const JsonValue& value) {
  return value.is_string() ? config::json_plain(value) : std::string();
}

// A text, or parts that have one.
void append_content(std::string& text, const JsonValue& content) {
  text += text_of(content);
  if (content.is_array())
    for (const JsonValue& part : json_elements(content.text)) text += text_of(json_member(part.text, "text"));
}

ToolCall tool_call(std::string_view name, const JsonValue& arguments) {
  return {std::string(name),
          one_spelling(arguments.is_string() ? config::json_plain(arguments) : std::string(arguments.text))};
}

void append_tool_calls(std::vector<ToolCall>& calls, std::string_view message) {
  for (const JsonValue& call : json_elements(json_member(message, "tool_calls").text)) {
    const JsonValue function = json_member(call.text, "function");
    calls.push_back(
        tool_call(text_of(json_member(function.text, "name")), json_member(function.text, "arguments")));
  }
  const JsonValue old = json_member(message, "function_call");
  if (old.is_object())
    calls.push_back(tool_call(text_of(json_member(old.text, "name")), json_member(old.text, "arguments")));
}

std::string choice_text(std::string_view choice, std::string_view message) {
  std::string text = text_of(json_member(choice, "text"));
  append_content(text, json_member(message, "content"));
  if (text.empty()) text = text_of(json_member(message, "refusal"));
  return text;
}

void append_spelled(std::string& out, const JsonValue& value) {
  if (value.is_array()) {
    out += '[';
    std::string_view between;
    for (const JsonValue& element : json_elements(value.text)) {
      out += std::exchange(between, ",");
      append_spelled(out, element);
    }
    out += ']';
  } else if (value.is_object()) {
    std::vector<JsonMember> members = json_members(value.text);
    std::ranges::stable_sort(members, {}, &JsonMember::key);
    out += '{';
    std::string_view between;
    for (const JsonMember& one : members) {
      out += std::exchange(between, ",");
      append_json_string(out, one.key);
      out += ':';
      append_spelled(out, one.value);
    }
    out += '}';
  } else if (value.is_string()) {
    append_json_string(out, config::json_plain(value));
  } else {
    out += value.text;
  }
}

Said said_by(std::string_view body) {
  Said said;
  if (const JsonValue error = json_member(body, "error"); error.kind != JsonToken::null) {
    said.text = error.is_object() ? text_of(json_member(error.text, "message")) : text_of(error);
    if (said.text.empty()) said.text = one_spelling(error.text);
    return said;
  }
  const JsonValue choices = json_member(body, "choices"), data = json_member(body, "data");
  std::string_view between;
  for (const JsonValue& choice : json_elements(choices.text)) {
    const std::string_view message = json_member(choice.text, "message").text;
    said.text.append(std::exchange(between, "\n")).append(choice_text(choice.text, message));
    append_tool_calls(said.tool_calls, message);
  }
  if (data.is_array()) said.data = one_spelling(data.text);
  if (!choices.is_array() && !data.is_array()) said.text = body;
  return said;
}

}  // namespace

std::string one_spelling(std::string_view json) {
  if (!is_json(json)) return std::string(json);
  std::string out;
  append_spelled(out, config::json_value(json));
  return out;
}

bool broke_off(const log::LogRecord& record) {
  constexpr int k_error = 400;
  if (record.ok || !record.response || !record.http_status || *record.http_status >= k_error) return false;
  const std::string_view body = record.response->body;
  if (!log::is_event_stream(*record.response)) return !is_json(body);
  const auto joined = log::joined_message(body);
  return !joined || json_member(*joined, "error").kind == JsonToken::null;
}

Said said(const log::Content& response) {
  std::string joined;
  std::string_view body = response.body;
  if (log::is_event_stream(response))
    if (auto message = log::joined_message(body)) body = joined = *std::move(message);
  if (!is_json(body)) return {.text = std::string(body), .tool_calls = {}, .data = {}};
  return said_by(body);
}

}  // namespace pk::replay
