#include "provider/messages_front.h"

#include <fmt/format.h>

#include "provider/json_out.h"
#include "provider/json_view.h"
#include "provider/messages_conversation.h"
#include "provider/messages_stream.h"
#include "provider/refusal.h"
#include "provider/strict_schema.h"

namespace pk::provider {

namespace {

constexpr std::size_t k_room_bytes = 256;  // a chat is about that much longer than its message

Result<void> write_messages(const JsonObject& request, JsonOut& chat) {
  const JsonView turns = request["messages"];
  if (!turns.is_array()) return invalid("`messages` must be an array");
  chat.begin_array("messages");
  append_system_turn(chat, request["system"]);
  std::size_t index = 0;
  for (const JsonView turn : turns.items()) {
    if (auto appended = append_turn(chat, turn); !appended)
      return std::move(appended).error().within(fmt::format("messages[{}]", index));
    ++index;
  }
  chat.end_array();
  return {};
}

Result<void> append_function(JsonOut& chat, const JsonView& tool) {
  const auto [type, name, description, schema] = tool.pick("type", "name", "description", "input_schema");
  if (type.has_text() && !type.is("custom"))
    return invalid(fmt::format("a tool of type '{}' is Anthropic's own and has no form in a chat completion",
                               shown(type.text())));
  chat.begin_object().text("type", "function").begin_object("function");
  chat.given("name", name).given("description", description).given("parameters", schema);
  chat.end_object().end_object();
  return {};
}

Result<void> write_tools(const JsonItems& tools, JsonOut& chat) {
  if (tools.empty()) return {};
  chat.begin_array("tools");
  std::size_t index = 0;
  for (const JsonView tool : tools) {
    if (auto appended = append_function(chat, tool); !appended)
      return std::move(appended).error().within(fmt::format("tools[{}]", index));
    ++index;
  }
  chat.end_array();
  return {};
}

Result<void> write_tool_choice(const JsonView& choice, JsonOut& chat) {
  if (!choice.is_object()) return {};
  const auto [type, name, disable] = choice.pick("type", "name", "disable_parallel_tool_use");
  if (type.is("tool")) {
    chat.begin_object("tool_choice").text("type", "function");
    chat.begin_object("function").text("name", name.text()).end_object().end_object();
  } else if (type.is("any")) {
    chat.text("tool_choice", "required");
  } else if (type.is("auto") || type.is("none")) {
    chat.text("tool_choice", type.text());
  } else {
    return invalid("tool_choice must be of type auto, any, none or tool");
  }
  if (disable.is_true()) chat.truth("parallel_tool_calls", false);
  return {};
}

void write_response_format(const JsonObject& request, JsonOut& chat) {
  const JsonView within = request["output_config"]["format"];
  const auto [type, schema] = (within.is_object() ? within : request["output_format"]).pick("type", "schema");
  if (!type.is("json_schema") || !schema.is_object()) return;
  chat.begin_object("response_format").text("type", "json_schema").begin_object("json_schema");
  chat.text("name", "answer");
  if (fits_strict(schema)) chat.truth("strict", true);
  chat.json("schema", schema.json()).end_object().end_object();
}

void write_limits(const JsonObject& request, std::string_view slug, JsonOut& chat) {
  const bool renamed = slug == "openai" || slug == "azure-openai";
  chat.given(renamed ? "max_completion_tokens" : "max_tokens", request["max_tokens"]);
  chat.given("temperature", request["temperature"]).given("top_p", request["top_p"]);
  // OpenAI refuses an empty list.
  if (const JsonView stops = request["stop_sequences"]; !stops.is_array() || !stops.items().empty())
    chat.given("stop", stops);
  chat.given("user", request["metadata"]["user_id"]);
}

void write_stream(const JsonView& stream, std::string_view slug, JsonOut& chat) {
  chat.given("stream", stream);
  if (stream.is_true() && slug != "mistral-ai") chat.json("stream_options", R"({"include_usage":true})");
}

}  // namespace

Result<std::string> messages_to_chat(std::string_view messages, std::string_view slug) {
  PK_ASSIGN(const JsonObject request, JsonObject::read(JsonView(messages)));
  if (!request["mcp_servers"].items().empty())
    return invalid("`mcp_servers` has no form in a chat completion");
  JsonOut chat(messages.size() + k_room_bytes);
  chat.begin_object().given("model", request["model"]);
  PK_TRY(write_messages(request, chat));
  write_limits(request, slug, chat);
  PK_TRY(write_tools(request["tools"].items(), chat));
  PK_TRY(write_tool_choice(request["tool_choice"], chat));
  write_response_format(request, chat);
  write_stream(request["stream"], slug, chat);
  return chat.end_object().take();
}

std::unique_ptr<Decoder> messages_decoder(const AnswerFacts& facts) {
  return std::make_unique<MessagesDecoder>(facts);
}

}  // namespace pk::provider
