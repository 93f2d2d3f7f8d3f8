#include "provider/anthropic_request.h"

#include <fmt/format.h>

#include "base/text.h"
#include "provider/anthropic_conversation.h"
#include "provider/json_out.h"
#include "provider/json_view.h"
#include "provider/refusal.h"

namespace pk::provider {

namespace {

// Members that Anthropic has under the same name and with the same meaning.
constexpr std::string_view k_kept[] = {"stream",    "top_p",       "top_k",         "thinking",
                                       "container", "mcp_servers", "output_config", "context_management"};

constexpr std::string_view k_empty_schema = R"({"type":"object","properties":{}})";
constexpr std::size_t k_room_bytes = 256;  // a message is about that much longer than its chat

void write_limits(const JsonObject& chat, JsonOut& out) {
  const JsonView newer = chat["max_completion_tokens"];
  out.given("max_tokens", newer.is_given() ? newer : chat["max_tokens"]);
}

// OpenAI's goes to 2, Anthropic's to 1.
void write_temperature(const JsonView& given, JsonOut& out) {
  const auto value = parse_real(given.json());
  if (value && *value > 1)
    out.json("temperature", "1");
  else if (value && *value < 0)
    out.json("temperature", "0");
  else
    out.given("temperature", given);
}

void write_stop(const JsonObject& chat, JsonOut& out) {
  const JsonView stop = chat["stop"];
  if (stop.is_string())
    out.begin_array("stop_sequences").json(stop.json()).end_array();
  else
    out.given("stop_sequences", stop.is_array() ? stop : chat["stop_sequences"]);
}

// OpenAI's metadata is any text by any name, Anthropic's is the user alone.
void write_user(const JsonObject& chat, JsonOut& out) {
  const JsonView user = chat["user"].is_string() ? chat["user"] : chat["metadata"]["user_id"];
  if (user.is_string()) out.begin_object("metadata").json("user_id", user.json()).end_object();
}

void write_service_tier(const JsonView& tier, JsonOut& out) {
  if (tier.is("auto") || tier.is("standard_only")) out.given("service_tier", tier);
}

// A schema of a function: Anthropic wants its type said.
void write_schema(const JsonView& parameters, JsonOut& out) {
  out.key("input_schema");
  if (!parameters.is_object()) {
    out.json(k_empty_schema);
  } else if (parameters["type"].is_given()) {
    out.json(parameters.json());
  } else {
    const std::string_view rest = trim(parameters.json().substr(1));
    out.json(fmt::format(R"({{"type":"object"{}{})", rest == "}" ? "" : ",", rest));
  }
}

Result<void> append_tool(JsonOut& out, const JsonView& tool) {
  const auto [function, type, name, schema, cache_control] =
      tool.pick("function", "type", "name", "input_schema", "cache_control");
  if (!function.is_object()) {
    if (!name.is_given() || !(type.is_given() || schema.is_given()))
      return invalid(fmt::format("a tool of type '{}' cannot be sent to anthropic", shown(type.text())));
    out.json(tool.json());
    return {};
  }
  const auto [its_name, description, parameters, its_cache_control] =
      function.pick("name", "description", "parameters", "cache_control");
  out.begin_object().given("name", its_name).given("description", description);
  write_schema(parameters, out);
  out.given("cache_control", cache_control.is_given() ? cache_control : its_cache_control).end_object();
  return {};
}

Result<void> write_tools(const JsonView& tools, JsonOut& out) {
  if (!tools.is_array()) return {};
  out.begin_array("tools");
  std::size_t index = 0;
  for (const JsonView tool : tools.items()) {
    if (auto appended = append_tool(out, tool); !appended)
      return std::move(appended).error().within(fmt::format("tools[{}]", index));
    ++index;
  }
  out.end_array();
  return {};
}

struct Choice {
  std::string_view type;
  JsonView name;  // of a tool
};

Result<Choice> read_choice(const JsonView& given) {
  if (given.is("required")) return Choice{"any", {}};
  const auto [type, name, function] = given.pick("type", "name", "function");
  if (type.is("function")) return Choice{"tool", function["name"]};
  if (type.is("tool")) return Choice{"tool", name};
  for (const std::string_view word : {"auto", "none"})
    if (given.is(word) || type.is(word)) return Choice{word, {}};
  if (type.is("any")) return Choice{"any", {}};
  return invalid("this tool_choice cannot be sent to anthropic: use auto, none, required or one function");
}

Result<void> write_tool_choice(const JsonObject& chat, JsonOut& out) {
  const JsonView given = chat["tool_choice"];
  const bool one_at_a_time = chat["parallel_tool_calls"].is_false();
  Choice choice;
  if (given.is_given()) {
    PK_ASSIGN(choice, read_choice(given));
    if (choice.type == "tool" && !choice.name.is_string()) return invalid("tool_choice names no function");
  } else if (one_at_a_time && !chat["tools"].items().empty()) {
    choice.type = "auto";
  } else {
    return {};
  }
  out.begin_object("tool_choice").text("type", choice.type).given("name", choice.name);
  const bool disable = one_at_a_time || given["disable_parallel_tool_use"].is_true();
  if (disable && choice.type != "none") out.truth("disable_parallel_tool_use", true);
  out.end_object();
  return {};
}

}  // namespace

Result<std::string> chat_to_messages(std::string_view body) {
  PK_ASSIGN(const JsonObject chat, JsonObject::read(JsonView(body)));
  if (chat["functions"].is_given()) return invalid("`functions` cannot be sent to anthropic: use `tools`");
  PK_ASSIGN(const Conversation conversation, read_conversation(chat["messages"]));
  JsonOut out(body.size() + k_room_bytes);
  out.begin_object().given("model", chat["model"]);
  write_limits(chat, out);
  if (!conversation.system.empty()) out.json("system", conversation.system);
  out.json("messages", conversation.messages);
  PK_TRY(write_tools(chat["tools"], out));
  PK_TRY(write_tool_choice(chat, out));
  write_temperature(chat["temperature"], out);
  write_stop(chat, out);
  write_user(chat, out);
  write_service_tier(chat["service_tier"], out);
  for (const std::string_view name : k_kept) out.given(name, chat[name]);
  return out.end_object().take();
}

}  // namespace pk::provider
