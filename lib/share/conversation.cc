#include "share/conversation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "config/json_value.h"
#include "log/joined.h"

namespace pk::share {

namespace {

using config::json_elements;
using config::json_members;
using config::json_plain;
using config::json_value;
using config::JsonValue;
using Kind = Part::Kind;

// An object of a foreign document, its members looked up by name.
class Object {
 public:
  explicit Object(const JsonValue& value)
      : m_members(value.is_object() ? json_members(value.text) : std::vector<config::JsonMember>()) {}

  // Null if it is not there; the last one of twins.
  JsonValue operator[](std::string_view name) const {
    for (auto at = m_members.rbegin(); at != m_members.rend(); ++at)
      if (at->key == name) return at->value;
    return {};
  }
  std::string text(std::string_view name) const { return text_of((*this)[name]); }
  static std::string text_of(const JsonValue& value) {
    return value.is_string() ? json_plain(value) : std::string();
  }

 private:
  std::vector<config::JsonMember> m_members;
};

bool is_null(const JsonValue& value) {
  return value.kind == JsonToken::null;
}

std::string json_of(const JsonValue& value) {
  return value.text.empty() ? "null" : std::string(value.text);
}

// Arguments come as a text that is JSON, mostly.
std::string arguments_of(const JsonValue& value) {
  if (!value.is_string()) return json_of(value);
  std::string text = json_plain(value);
  return is_json(text) ? text : json_of(value);
}

// "image/png, 12 kB" of a data URL; any other address is only named.
std::string media_detail(const std::string& url) {
  const std::size_t comma = url.find(',');
  if (!url.starts_with("data:") || comma == std::string::npos) return url;
  const std::string_view type = std::string_view(url).substr(5, url.find_first_of(";,") - 5);
  return fmt::format("{}, {}", type.empty() ? "data" : type, human_bytes((url.size() - comma - 1) * 3 / 4));
}

Part media(std::string what, std::string detail) {
  return {Kind::media, std::move(what), std::move(detail)};
}

std::string first_of(std::string one, std::string other) {
  return one.empty() ? std::move(other) : std::move(one);
}

// Nothing in `parts` if it is none.
bool append_media(std::vector<Part>& parts, const Object& part, const std::string& type) {
  if (type == "image_url") {
    const JsonValue image = part["image_url"];
    parts.push_back(
        media("Image", media_detail(image.is_string() ? json_plain(image) : Object(image).text("url"))));
  } else if (type == "input_image") {
    parts.push_back(media("Image", media_detail(first_of(part.text("image_url"), part.text("file_id")))));
  } else if (type == "image" || type == "document") {
    const Object source(part["source"]);
    parts.push_back(media(type == "image" ? "Image" : "Document",
                          first_of(source.text("media_type"), source.text("url"))));
  } else if (type == "input_audio" || type == "audio") {
    parts.push_back(media("Audio", Object(part["input_audio"]).text("format")));
  } else if (type == "file" || type == "input_file") {
    parts.push_back(media("File", first_of(part.text("filename"), part.text("file_id"))));
  } else {
    return false;
  }
  return true;
}

void append_part(std::vector<Part>& parts, const JsonValue& value) {
  if (value.is_string()) return void(parts.push_back({Kind::text, json_plain(value), {}}));
  const Object part(value);
  const std::string type = part.text("type");
  if (append_media(parts, part, type)) return;
  if (type == "text" || type == "input_text" || type == "output_text" || type == "summary_text")
    parts.push_back({Kind::text, part.text("text"), {}});
  else if (type == "refusal")
    parts.push_back({Kind::text, part.text("refusal"), {}});
  else if (type == "thinking")
    parts.push_back({Kind::reasoning, part.text("thinking"), {}});
  else if (type == "tool_use")
    parts.push_back({Kind::call, part.text("name"), json_of(part["input"])});
  else if (type == "tool_result")
    parts.push_back({Kind::result, {}, json_of(part["content"])});
  else
    parts.push_back({Kind::json, {}, json_of(value)});
}

std::vector<Part> parts_of(const JsonValue& content) {
  std::vector<Part> parts;
  if (content.is_array())
    for (const JsonValue& one : json_elements(content.text)) append_part(parts, one);
  else if (!is_null(content) && content.text != "\"\"")
    append_part(parts, content);
  return parts;
}

Part call_of(const JsonValue& call) {
  const Object function{Object(call)["function"]};
  return {Kind::call, function.text("name"), arguments_of(function["arguments"])};
}

// An item of the responses form that is no message; false if it is one.
bool read_item(const Object& item, const std::string& type, Turn& turn) {
  if (type == "function_call") {
    turn = {"assistant", {{Kind::call, item.text("name"), arguments_of(item["arguments"])}}};
  } else if (type == "function_call_output") {
    turn = {"tool", {{Kind::result, {}, arguments_of(item["output"])}}};
  } else if (type == "reasoning") {
    turn = {"assistant", parts_of(item["summary"])};
    for (Part& part : turn.parts)
      if (part.kind == Kind::text) part.kind = Kind::reasoning;
  } else {
    return false;
  }
  return true;
}

Turn turn_of(const JsonValue& value) {
  if (!value.is_object()) return {"input", parts_of(value)};
  const Object message(value);
  const std::string type = message.text("type");
  Turn turn;
  if (read_item(message, type, turn)) return turn;
  turn.role = first_of(first_of(message.text("role"), type), "input");
  if (turn.role == "tool") {
    turn.parts.push_back({Kind::result, {}, arguments_of(message["content"])});
    return turn;
  }
  if (std::string text = message.text("reasoning_content"); !text.empty())
    turn.parts.push_back({Kind::reasoning, std::move(text), {}});
  for (Part& part : parts_of(message["content"])) turn.parts.push_back(std::move(part));
  if (std::string text = message.text("refusal"); !text.empty())
    turn.parts.push_back({Kind::text, std::move(text), {}});
  for (const JsonValue& call : json_elements(message["tool_calls"].text)) turn.parts.push_back(call_of(call));
  return turn;
}

void append_turns(std::vector<Turn>& turns, const JsonValue& messages) {
  for (const JsonValue& message : json_elements(messages.text)) turns.push_back(turn_of(message));
}

bool has_objects(const JsonValue& array) {
  return std::ranges::any_of(json_elements(array.text), &JsonValue::is_object);
}

Turn embeddings(const JsonValue& data) {
  const std::vector<JsonValue> all = json_elements(data.text);
  std::string words = fmt::format("{} embedding{}", all.size(), all.size() == 1 ? "" : "s");
  if (!all.empty())
    if (const JsonValue first = Object(all[0])["embedding"]; first.is_array())
      words += fmt::format(" of {} numbers", json_elements(first.text).size());
  return {"answer", {media("Vectors", std::move(words))}};
}

Turn error_turn(const JsonValue& error) {
  const std::string message = error.is_string() ? json_plain(error) : Object(error).text("message");
  if (message.empty()) return {"error", {{Kind::json, {}, json_of(error)}}};
  return {"error", {{Kind::text, message, {}}}};
}

std::vector<Turn> answer_turns(const JsonValue& whole) {
  std::vector<Turn> turns;
  const Object body(whole);
  if (const JsonValue choices = body["choices"]; choices.is_array()) {
    for (const JsonValue& one : json_elements(choices.text)) {
      const Object choice(one);
      const JsonValue message = choice["message"];
      turns.push_back(is_null(message) ? Turn{"assistant", parts_of(choice["text"])} : turn_of(message));
    }
  } else if (body["output"].is_array()) {
    append_turns(turns, body["output"]);
  } else if (body.text("type") == "message" && !is_null(body["content"])) {
    turns.push_back(turn_of(whole));
  } else if (!is_null(body["error"])) {
    turns.push_back(error_turn(body["error"]));
  } else if (body["data"].is_array() && body.text("object") == "list") {
    turns.push_back(embeddings(body["data"]));
  } else {
    turns.push_back({"answer", {{Kind::json, {}, json_of(whole)}}});
  }
  return turns;
}

}  // namespace

std::vector<Turn> request_turns(const log::Content& request) {
  std::vector<Turn> turns;
  if (!is_json(request.body)) return turns;
  const Object body(json_value(request.body));
  for (const std::string_view name : {"system", "instructions"})
    if (auto parts = parts_of(body[name]); !parts.empty()) turns.push_back({"system", std::move(parts)});
  const JsonValue input = body["input"];
  if (body["messages"].is_array())
    append_turns(turns, body["messages"]);
  else if (!is_null(body["prompt"]))
    turns.push_back({"prompt", parts_of(body["prompt"])});
  else if (input.is_array() && has_objects(input))
    append_turns(turns, input);
  else if (!is_null(input))
    turns.push_back({"input", parts_of(input)});
  return turns;
}

std::vector<Turn> response_turns(const log::Content& response) {
  std::string json = response.body;
  if (log::is_event_stream(response)) json = log::joined_message(json).value_or(std::move(json));
  if (!is_json(json) || !json_value(json).is_object()) return {};
  return answer_turns(json_value(json));
}

}  // namespace pk::share
