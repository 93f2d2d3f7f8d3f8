#include "provider/chat_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "provider/data_url.h"
#include "provider/refusal.h"

namespace pk::provider {

namespace {

constexpr std::array<std::string_view, 35> k_openai_members = {
    "audio",
    "frequency_penalty",
    "function_call",
    "functions",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "messages",
    "metadata",
    "modalities",
    "model",
    "n",
    "parallel_tool_calls",
    "prediction",
    "presence_penalty",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning_effort",
    "response_format",
    "safety_identifier",
    "seed",
    "service_tier",
    "stop",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "user",
    "verbosity",
    "web_search_options",
};

std::optional<ChatRole> role_of(std::string_view name) {
  if (name == "system" || name == "developer") return ChatRole::system;
  if (name == "user") return ChatRole::user;
  if (name == "assistant") return ChatRole::assistant;
  if (name == "tool") return ChatRole::tool;
  return {};
}

std::string audio_url(const JsonView& audio) {
  return data_url("audio/" + audio["format"].text(), audio["data"].text());
}

// file_data is a data: URL in OpenAI's form; plain base64 is met too, with the type beside it.
std::string file_url(const JsonView& file) {
  std::string data = file["file_data"].text();
  if (data.empty()) return file["file_url"].text();
  if (is_data_url(data)) return data;
  const std::string type = file["mime_type"].text();
  return data_url(type.empty() ? "application/pdf" : type, data);
}

ChatPart file_part(const JsonView& file) {
  ChatPart part;
  part.kind = ChatPart::Kind::file;
  part.url = file_url(file);
  part.name = file["filename"].text();
  part.file_id = file["file_id"].text();
  return part;
}

ChatPart part_of(const JsonView& json) {
  // In one step: the part may be a picture of many megabytes.
  const auto [type, cache_control, text, refusal, image, audio, file, thinking, signature] =
      json.pick("type", "cache_control", "text", "refusal", "image_url", "input_audio", "file", "thinking",
                "signature");
  ChatPart part;
  if (type.is("text") || type.is("refusal")) {
    part.text = (type.is("text") ? text : refusal).text();
  } else if (type.is("image_url")) {
    // In an object, or, from older clients, as a plain string.
    part.kind = ChatPart::Kind::image;
    part.url = image.is_string() ? image.text() : image["url"].text();
  } else if (type.is("input_audio")) {
    part.kind = ChatPart::Kind::audio;
    part.url = audio_url(audio);
  } else if (type.is("file")) {
    part = file_part(file);
  } else if (type.is("thinking")) {
    part.kind = ChatPart::Kind::thinking;
    part.text = thinking.text();
    part.signature = signature.text();
  } else {
    part.kind = ChatPart::Kind::other;
  }
  part.cached = cache_control.is_object();
  part.json = json;
  return part;
}

Error too_many(std::size_t max, std::string_view what) {
  return Error{Errc::limit, fmt::format("more than {} {}", max, what)};
}

Error too_many_parts() {
  return too_many(k_chat_parts_max, "content parts and tool calls");
}

Result<ChatPart> read_part(const JsonView& json, const std::string& place) {
  ChatPart part = part_of(json);
  if (part.kind == ChatPart::Kind::other && !json["type"].has_text())
    return invalid(fmt::format("{} must be an object with a `type`", place));
  const bool media = part.kind == ChatPart::Kind::image || part.kind == ChatPart::Kind::audio ||
                     (part.kind == ChatPart::Kind::file && part.file_id.empty());
  if (media && part.url.empty()) return invalid(fmt::format("{} has no URL or data", place));
  return part;
}

Result<std::vector<ChatPart>> read_content(const JsonView& content, const std::string& place) {
  std::vector<ChatPart> parts;
  if (!content.is_given()) return parts;
  if (content.is_string()) {
    parts.emplace_back().text = content.text();
    return parts;
  }
  if (!content.is_array()) return invalid(fmt::format("{} must be a string or an array of parts", place));
  for (const JsonView element : content.items()) {
    if (parts.size() == k_chat_parts_max) return too_many_parts();
    PK_ASSIGN(ChatPart part, read_part(element, fmt::format("{}[{}]", place, parts.size())));
    parts.push_back(std::move(part));
  }
  return parts;
}

Result<ChatToolCall> read_tool_call(const JsonView& json, const std::string& place) {
  const JsonView function = json["function"];
  ChatToolCall call;
  call.id = json["id"].text();
  call.name = function["name"].text();
  call.arguments = function["arguments"].text();
  call.thought_signature = json["extra_content"]["google"]["thought_signature"].text();
  if (call.thought_signature.empty()) call.thought_signature = function["thought_signature"].text();
  if (call.name.empty()) return invalid(fmt::format("{}.function needs a `name`", place));
  if (trim(call.arguments).empty()) call.arguments = "{}";
  if (!JsonView::checked(call.arguments).is_object())
    return invalid(fmt::format("{}.function.arguments must be the text of a JSON object", place));
  return call;
}

Result<std::vector<ChatToolCall>> read_tool_calls(const JsonView& json, const std::string& place) {
  std::vector<ChatToolCall> calls;
  for (const JsonView element : json.items()) {
    if (calls.size() == k_chat_parts_max) return too_many_parts();
    PK_ASSIGN(ChatToolCall call, read_tool_call(element, fmt::format("{}[{}]", place, calls.size())));
    calls.push_back(std::move(call));
  }
  return calls;
}

// Thinking that an answer in non-strict form gave beside its content, and that the client sends back.
Result<void> take_thinking_blocks(const JsonView& blocks, std::vector<ChatPart>& parts) {
  std::vector<ChatPart> thinking;
  for (const JsonView block : blocks.items()) {
    ChatPart part = part_of(block);
    if (part.kind != ChatPart::Kind::thinking) continue;
    if (thinking.size() == k_chat_parts_max) return too_many_parts();
    thinking.push_back(std::move(part));
  }
  parts.insert(parts.begin(), thinking.begin(), thinking.end());
  return {};
}

Result<ChatMessage> read_message(const JsonView& json, const std::string& place) {
  if (!json.is_object()) return invalid(fmt::format("{} must be an object", place));
  const auto [role_name, name, id, content, calls, blocks] =
      json.pick("role", "name", "tool_call_id", "content", "tool_calls", "content_blocks");
  const auto role = role_of(role_name.text());
  if (!role)
    return invalid(fmt::format("{}.role must be one of system, developer, user, assistant, tool", place));
  ChatMessage message;
  message.role = *role;
  message.name = name.text();
  message.tool_call_id = id.text();
  PK_ASSIGN(message.parts, read_content(content, place + ".content"));
  if (*role != ChatRole::assistant) return message;
  PK_TRY(take_thinking_blocks(blocks, message.parts));
  PK_ASSIGN(message.tool_calls, read_tool_calls(calls, place + ".tool_calls"));
  return message;
}

Result<std::vector<ChatMessage>> read_messages(const JsonView& json) {
  if (!json.is_array()) return invalid("`messages` must be an array");
  std::vector<ChatMessage> messages;
  std::size_t parts = 0;
  for (const JsonView element : json.items()) {
    PK_ASSIGN(ChatMessage message, read_message(element, fmt::format("messages[{}]", messages.size())));
    if (messages.size() == k_chat_messages_max) return too_many(k_chat_messages_max, "messages");
    parts += message.parts.size() + message.tool_calls.size();
    if (parts > k_chat_parts_max) return too_many_parts();
    messages.push_back(std::move(message));
  }
  if (messages.empty()) return invalid("`messages` must not be empty");
  return messages;
}

Result<ChatTool> read_tool(const JsonView& json) {
  const auto [type, function, cache_control] = json.pick("type", "function", "cache_control");
  const auto [name, description, parameters, strict] =
      function.pick("name", "description", "parameters", "strict");
  const bool is_function = type.is("function") || function.is_given();
  if (!json.is_object() || (is_function && !name.has_text()))
    return invalid("each of `tools` must be an object, and a function must have a name");
  ChatTool tool;
  tool.json = json;
  tool.cached = cache_control.is_object();
  tool.name = name.text();
  if (description.is_string()) tool.description = description;
  if (parameters.is_object()) tool.parameters = parameters;
  if (strict.is_true() || strict.is_false()) tool.strict = strict;
  return tool;
}

Result<std::vector<ChatTool>> read_tools(const JsonView& json) {
  std::vector<ChatTool> tools;
  if (json.is_given() && !json.is_array()) return invalid("`tools` must be an array");
  for (const JsonView element : json.items()) {
    if (tools.size() == k_chat_tools_max) return too_many(k_chat_tools_max, "tools");
    PK_ASSIGN(ChatTool tool, read_tool(element));
    tools.push_back(std::move(tool));
  }
  return tools;
}

Result<ChatToolChoice> read_tool_choice(const JsonView& json) {
  using Kind = ChatToolChoice::Kind;
  if (!json.is_given()) return ChatToolChoice{};
  if (json.is("auto")) return ChatToolChoice{Kind::automatic, ""};
  if (json.is("none")) return ChatToolChoice{Kind::none, ""};
  if (json.is("required")) return ChatToolChoice{Kind::required, ""};
  std::string name = json["function"]["name"].text();
  if (name.empty()) return invalid("`tool_choice` must be auto, none, required or name a function");
  return ChatToolChoice{Kind::named, std::move(name)};
}

}  // namespace

JsonView ChatRequest::max_tokens() const {
  const JsonView newer = (*this)["max_completion_tokens"];
  return newer.is_given() ? newer : (*this)["max_tokens"];
}

std::vector<std::string> ChatRequest::stops() const {
  std::vector<std::string> stops;
  const JsonView stop = (*this)["stop"];
  if (stop.is_string()) stops.push_back(stop.text());
  for (const JsonView element : stop.items())
    if (element.is_string()) stops.push_back(element.text());
  return stops;
}

Result<ChatRequest> read_chat(std::string_view body) {
  ChatRequest request;
  PK_ASSIGN(request.members, JsonObject::read(JsonView(body)));
  if (request["functions"].is_given() || request["function_call"].is_given())
    return invalid("`functions` and `function_call` are not translated; use `tools` and `tool_choice`");
  PK_ASSIGN(request.messages, read_messages(request["messages"]));
  PK_ASSIGN(request.tools, read_tools(request["tools"]));
  PK_ASSIGN(request.tool_choice, read_tool_choice(request["tool_choice"]));
  return request;
}

bool is_openai_chat_member(std::string_view name) {
  return std::ranges::find(k_openai_members, name) != k_openai_members.end();
}

std::string joined_text(const ChatMessage& message, std::string_view between) {
  std::string text;
  bool first = true;
  for (const ChatPart& part : message.parts) {
    if (part.kind != ChatPart::Kind::text) continue;
    if (!first) text += between;
    first = false;
    text += part.text;
  }
  return text;
}

}  // namespace pk::provider
