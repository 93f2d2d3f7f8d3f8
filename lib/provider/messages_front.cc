#include "provider/messages_front.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "provider/json_parts.h"
#include "provider/messages_conversation.h"
#include "provider/messages_stream.h"

namespace pk::provider {

namespace {

Error invalid(std::string message) {
  return Error{Errc::invalid, std::move(message)};
}

Result<void> write_messages(const JsonObject& request, ObjectWriter& chat) {
  if (!is_array(request.raw("messages"))) return invalid("`messages` must be an array");
  ArrayWriter messages(chat.key("messages"));
  append_system_turn(messages, request.raw("system"));
  std::size_t index = 0;
  for (const std::string_view turn : json_items(request.raw("messages"))) {
    if (auto appended = append_turn(messages, turn); !appended)
      return std::move(appended).error().within(fmt::format("messages[{}]", index));
    ++index;
  }
  messages.end();
  return {};
}

Result<void> append_function(ArrayWriter& tools, const JsonObject& tool) {
  const std::string type = tool.text("type");
  if (!type.empty() && type != "custom")
    return invalid(fmt::format("a tool of type '{}' is Anthropic's own and has no form in a chat completion",
                               visible(utf8_front(type, 64), false)));
  ObjectWriter out(tools.next());
  out.text("type", "function");
  ObjectWriter function(out.key("function"));
  function.copy(tool, "name");
  function.copy(tool, "description");
  function.copy(tool, "input_schema", "parameters");
  function.end();
  out.end();
  return {};
}

Result<void> write_tools(std::string_view given, ObjectWriter& chat) {
  const auto items = json_items(given);
  if (items.empty()) return {};
  ArrayWriter tools(chat.key("tools"));
  for (std::size_t i = 0; i < items.size(); ++i)
    if (auto appended = append_function(tools, JsonObject(items[i])); !appended)
      return std::move(appended).error().within(fmt::format("tools[{}]", i));
  tools.end();
  return {};
}

Result<void> write_tool_choice(const JsonObject& choice, ObjectWriter& chat) {
  if (!choice.ok()) return {};
  const std::string type = choice.text("type");
  if (type == "tool")
    chat.raw("tool_choice", fmt::format(R"({{"type":"function","function":{{"name":{}}}}})",
                                        json_string(choice.text("name"))));
  else if (type == "any")
    chat.text("tool_choice", "required");
  else if (type == "auto" || type == "none")
    chat.text("tool_choice", type);
  else
    return invalid("tool_choice must be of type auto, any, none or tool");
  if (choice.truth("disable_parallel_tool_use")) chat.raw("parallel_tool_calls", "false");
  return {};
}

void write_response_format(const JsonObject& request, ObjectWriter& chat) {
  const std::string_view within = JsonObject(request.raw("output_config")).raw("format");
  const JsonObject format(is_object(within) ? within : request.raw("output_format"));
  if (format.text("type") != "json_schema" || !is_object(format.raw("schema"))) return;
  chat.raw(
      "response_format",
      fmt::format(R"({{"type":"json_schema","json_schema":{{"name":"answer","strict":true,"schema":{}}}}})",
                  format.raw("schema")));
}

void write_limits(const JsonObject& request, std::string_view slug, ObjectWriter& chat) {
  const bool renamed = slug == "openai" || slug == "azure-openai";
  chat.copy(request, "max_tokens", renamed ? "max_completion_tokens" : "max_tokens");
  chat.copy(request, "temperature");
  chat.copy(request, "top_p");
  chat.copy(request, "stop_sequences", "stop");
  chat.copy(JsonObject(request.raw("metadata")), "user_id", "user");
}

void write_stream(const JsonObject& request, std::string_view slug, ObjectWriter& chat) {
  chat.copy(request, "stream");
  if (request.truth("stream") && slug != "mistral-ai")
    chat.raw("stream_options", R"({"include_usage":true})");
}

}  // namespace

Result<std::string> messages_to_chat(std::string_view messages, std::string_view slug) {
  const JsonObject request(messages);
  if (!json_items(request.raw("mcp_servers")).empty())
    return invalid("`mcp_servers` has no form in a chat completion");
  std::string out;
  out.reserve(messages.size() + 256);
  ObjectWriter chat(out);
  chat.copy(request, "model");
  PK_TRY(write_messages(request, chat));
  write_limits(request, slug, chat);
  PK_TRY(write_tools(request.raw("tools"), chat));
  PK_TRY(write_tool_choice(JsonObject(request.raw("tool_choice")), chat));
  write_response_format(request, chat);
  write_stream(request, slug, chat);
  chat.end();
  return out;
}

std::unique_ptr<Decoder> messages_decoder(const AnswerFacts& facts) {
  return std::make_unique<MessagesDecoder>(facts);
}

}  // namespace pk::provider
