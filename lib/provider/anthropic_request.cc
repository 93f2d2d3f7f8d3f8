#include "provider/anthropic_request.h"

#include <fmt/format.h>

#include "base/json_reader.h"
#include "base/text.h"
#include "provider/anthropic_conversation.h"
#include "provider/json_parts.h"

namespace pk::provider {

namespace {

// Members that Anthropic has under the same name and with the same meaning.
constexpr std::string_view k_kept[] = {"stream",    "top_p",       "top_k",         "thinking",
                                       "container", "mcp_servers", "output_config", "context_management"};

constexpr std::string_view k_empty_schema = R"({"type":"object","properties":{}})";

Error invalid(std::string message) {
  return Error{Errc::invalid, std::move(message)};
}

void write_limits(const JsonObject& chat, ObjectWriter& body) {
  if (chat.has("max_completion_tokens"))
    body.copy(chat, "max_completion_tokens", "max_tokens");
  else
    body.copy(chat, "max_tokens");
}

// OpenAI's goes to 2, Anthropic's to 1.
void write_temperature(const JsonObject& chat, ObjectWriter& body) {
  const std::string_view given = chat.raw("temperature");
  const auto value = parse_real(given);
  if (value && *value > 1)
    body.raw("temperature", "1");
  else if (value && *value < 0)
    body.raw("temperature", "0");
  else
    body.copy(chat, "temperature");
}

void write_stop(const JsonObject& chat, ObjectWriter& body) {
  const std::string_view stop = chat.raw("stop");
  if (is_string(stop))
    body.raw("stop_sequences", fmt::format("[{}]", stop));
  else if (is_array(stop))
    body.raw("stop_sequences", stop);
  else
    body.copy(chat, "stop_sequences");
}

// OpenAI's metadata is any text by any name, Anthropic's is the user alone.
void write_user(const JsonObject& chat, ObjectWriter& body) {
  std::string_view user = chat.raw("user");
  const JsonObject metadata(chat.raw("metadata"));
  if (!is_string(user)) user = metadata.raw("user_id");
  if (is_string(user)) body.raw("metadata", fmt::format(R"({{"user_id":{}}})", user));
}

void write_service_tier(const JsonObject& chat, ObjectWriter& body) {
  const std::string tier = chat.text("service_tier");
  if (tier == "auto" || tier == "standard_only") body.text("service_tier", tier);
}

// A schema of a function: Anthropic wants its type said.
std::string input_schema(std::string_view parameters) {
  if (!is_object(parameters)) return std::string(k_empty_schema);
  if (JsonObject(parameters).has("type")) return std::string(parameters);
  const std::string_view rest = trim(parameters.substr(1));
  return fmt::format(R"({{"type":"object"{}{})", rest == "}" ? "" : ",", rest);
}

Result<void> append_tool(ArrayWriter& tools, std::string_view text) {
  const JsonObject tool(text);
  const JsonObject function(tool.raw("function"));
  if (!function.ok()) {
    if (!tool.has("name") || !(tool.has("type") || tool.has("input_schema")))
      return invalid(fmt::format("a tool of type '{}' cannot be sent to anthropic",
                                 visible(utf8_front(tool.text("type"), 64), false)));
    tools.next() += text;
    return {};
  }
  ObjectWriter out(tools.next());
  out.copy(function, "name");
  out.copy(function, "description");
  out.raw("input_schema", input_schema(function.raw("parameters")));
  out.copy(tool.has("cache_control") ? tool : function, "cache_control");
  out.end();
  return {};
}

Result<void> write_tools(std::string_view tools, ObjectWriter& body) {
  if (!is_array(tools)) return {};
  ArrayWriter out(body.key("tools"));
  std::size_t index = 0;
  for (const std::string_view tool : json_items(tools)) {
    if (auto appended = append_tool(out, tool); !appended)
      return std::move(appended).error().within(fmt::format("tools[{}]", index));
    ++index;
  }
  out.end();
  return {};
}

// The type, and the name in its quotes where one is asked for.
struct Choice {
  std::string type;
  std::string_view name;
};

Result<Choice> read_choice(std::string_view given) {
  const std::string word = is_string(given) ? json_unquoted(given) : std::string();
  if (word == "required") return Choice{"any", {}};
  if (word == "auto" || word == "none") return Choice{word, {}};
  const JsonObject object(given);
  const std::string type = object.text("type");
  if (type == "function") return Choice{"tool", JsonObject(object.raw("function")).raw("name")};
  if (type == "tool") return Choice{"tool", object.raw("name")};
  if (type == "any" || type == "auto" || type == "none") return Choice{type, {}};
  return invalid("this tool_choice cannot be sent to anthropic: use auto, none, required or one function");
}

Result<void> write_tool_choice(const JsonObject& chat, ObjectWriter& body) {
  const bool one_at_a_time = chat.raw("parallel_tool_calls") == "false";
  const bool has_tools = !json_items(chat.raw("tools")).empty();
  Choice choice;
  if (chat.has("tool_choice")) {
    PK_ASSIGN(choice, read_choice(chat.raw("tool_choice")));
    if (choice.type == "tool" && !is_string(choice.name)) return invalid("tool_choice names no function");
  } else if (one_at_a_time && has_tools) {
    choice.type = "auto";
  } else {
    return {};
  }
  const JsonObject given(chat.raw("tool_choice"));
  ObjectWriter out(body.key("tool_choice"));
  out.text("type", choice.type);
  if (!choice.name.empty()) out.raw("name", choice.name);
  const bool disable = one_at_a_time || given.truth("disable_parallel_tool_use");
  if (disable && choice.type != "none") out.raw("disable_parallel_tool_use", "true");
  out.end();
  return {};
}

}  // namespace

Result<std::string> chat_to_messages(std::string_view chat_text) {
  const JsonObject chat(chat_text);
  if (chat.has("functions")) return invalid("`functions` cannot be sent to anthropic: use `tools`");
  PK_ASSIGN(const Conversation conversation, read_conversation(chat.raw("messages")));
  std::string out;
  out.reserve(chat_text.size() + 256);
  ObjectWriter body(out);
  body.copy(chat, "model");
  write_limits(chat, body);
  if (!conversation.system.empty()) body.raw("system", conversation.system);
  body.raw("messages", conversation.messages);
  PK_TRY(write_tools(chat.raw("tools"), body));
  PK_TRY(write_tool_choice(chat, body));
  write_temperature(chat, body);
  write_stop(chat, body);
  write_user(chat, body);
  write_service_tier(chat, body);
  for (const std::string_view name : k_kept) body.copy(chat, name);
  body.end();
  return out;
}

}  // namespace pk::provider
