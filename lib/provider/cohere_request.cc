#include "provider/cohere_request.h"

#include <fmt/format.h>

#include <algorithm>

#include "provider/chat_write.h"
#include "provider/json_out.h"
#include "provider/refusal.h"

namespace pk::provider {

namespace {

// ---- messages

std::string_view role_name(ChatRole role) {
  switch (role) {
    case ChatRole::system:
      return "system";
    case ChatRole::assistant:
      return "assistant";
    case ChatRole::tool:
      return "tool";
    case ChatRole::user:
      break;
  }
  return "user";
}

bool is_plain_text(const ChatMessage& message) {
  return std::ranges::all_of(message.parts,
                             [](const ChatPart& part) { return part.kind == ChatPart::Kind::text; });
}

Result<void> append_part(JsonOut& out, const ChatPart& part) {
  switch (part.kind) {
    case ChatPart::Kind::text:
      out.begin_object().text("type", "text").text("text", part.text).end_object();
      return {};
    case ChatPart::Kind::thinking:
      out.begin_object().text("type", "thinking").text("thinking", part.text).end_object();
      return {};
    case ChatPart::Kind::image:
      out.begin_object().text("type", "image_url").begin_object("image_url").text("url", part.url);
      out.given("detail", part.json["image_url"]["detail"]).end_object().end_object();
      return {};
    case ChatPart::Kind::other:  // a document, say: in Cohere's own form
      out.json(part.json.json());
      return {};
    case ChatPart::Kind::audio:
    case ChatPart::Kind::file:
      break;
  }
  return invalid(fmt::format("cohere takes no content of type {}", part.json["type"].json()));
}

Result<void> append_content(JsonOut& out, const ChatMessage& message) {
  if (is_plain_text(message)) {
    out.text("content", joined_text(message));
    return {};
  }
  out.begin_array("content");
  for (const ChatPart& part : message.parts) PK_TRY(append_part(out, part));
  out.end_array();
  return {};
}

void append_plan_and_calls(JsonOut& out, const ChatMessage& message) {
  if (const std::string plan = joined_text(message); !plan.empty()) out.text("tool_plan", plan);
  append_tool_calls(out, message.tool_calls, true);
}

Result<void> append_message(JsonOut& out, const ChatMessage& message) {
  out.begin_object().text("role", role_name(message.role));
  if (message.role == ChatRole::tool) out.text("tool_call_id", message.tool_call_id);
  if (message.tool_calls.empty())
    PK_TRY(append_content(out, message));
  else
    append_plan_and_calls(out, message);
  out.end_object();
  return {};
}

// ---- tools

bool is_offered(const ChatTool& tool, const ChatToolChoice& choice) {
  return !tool.name.empty() && (choice.kind != ChatToolChoice::Kind::named || tool.name == choice.name);
}

void append_tool(JsonOut& out, const ChatTool& tool) {
  out.begin_object().text("type", "function").begin_object("function").text("name", tool.name);
  out.given("description", tool.description);
  out.json("parameters",
           tool.parameters.is_absent() ? R"({"type":"object","properties":{}})" : tool.parameters.json());
  out.end_object().end_object();
}

void append_tools(JsonOut& out, const ChatRequest& chat) {
  using Kind = ChatToolChoice::Kind;
  const Kind kind = chat.tool_choice.kind;
  if (chat.tools.empty()) return;
  out.begin_array("tools");
  bool strict = false;
  for (const ChatTool& tool : chat.tools) {
    if (!is_offered(tool, chat.tool_choice)) continue;
    append_tool(out, tool);
    strict = strict || tool.strict.is_true();
  }
  out.end_array();
  if (strict) out.truth("strict_tools", true);
  if (kind == Kind::none) out.text("tool_choice", "NONE");
  if (kind == Kind::required || kind == Kind::named) out.text("tool_choice", "REQUIRED");
}

// ---- parameters

void append_stops(JsonOut& out, const ChatRequest& chat) {
  const auto stops = chat.stops();
  if (stops.empty()) return;
  out.begin_array("stop_sequences");
  for (const std::string& stop : stops) out.text(stop);
  out.end_array();
}

void append_response_format(JsonOut& out, const JsonView& format) {
  if (!format["type"].is("json_object") && !format["type"].is("json_schema")) return;
  const JsonView own = format["json_schema"];
  const JsonView schema = own["schema"].is_object() ? own["schema"] : own;
  out.begin_object("response_format").text("type", "json_object").given("json_schema", schema).end_object();
}

void append_parameters(JsonOut& out, const ChatRequest& chat) {
  out.given("max_tokens", chat.max_tokens());
  out.given("temperature", chat["temperature"]);
  out.given("p", chat["top_p"]);
  out.given("k", chat["top_k"]);
  out.given("seed", chat["seed"]);
  out.given("frequency_penalty", chat["frequency_penalty"]);
  out.given("presence_penalty", chat["presence_penalty"]);
  append_stops(out, chat);
  append_response_format(out, chat["response_format"]);
  if (!chat["thinking"].is_given() && chat["reasoning_effort"].is("none"))
    out.begin_object("thinking").text("type", "disabled").end_object();
}

// Anthropic's budget_tokens, which clients of gateways send to any model, is Cohere's token_budget.
void append_thinking(JsonOut& out, const JsonView& thinking) {
  const JsonView budget = thinking["budget_tokens"];
  if (!budget.is_given()) {
    out.given("thinking", thinking);
    return;
  }
  out.begin_object("thinking").given("type", thinking["type"]).given("token_budget", budget).end_object();
}

void append_own(JsonOut& out, const ChatRequest& chat) {
  for (const auto& [name, value] : chat.members) {
    if (is_openai_chat_member(name) || name == "top_k") continue;
    if (name == "thinking")
      append_thinking(out, value);
    else
      out.json(name, value.json());
  }
}

bool asks_for_several(const ChatRequest& chat) {
  return chat["n"].is_number() && chat["n"].count(1) != 1;
}

}  // namespace

Result<std::string> cohere_chat_body(const ChatRequest& chat, std::string_view model, bool stream) {
  if (asks_for_several(chat)) return invalid("cohere gives one choice: leave `n` out");
  JsonOut out;
  out.begin_object().text("model", model).begin_array("messages");
  for (const ChatMessage& message : chat.messages) PK_TRY(append_message(out, message));
  out.end_array();
  append_tools(out, chat);
  append_parameters(out, chat);
  append_own(out, chat);
  out.truth("stream", stream).end_object();
  return out.take();
}

std::string cohere_embed_body(const EmbedRequest& embed, std::string_view model) {
  JsonOut out;
  out.begin_object().text("model", model).begin_array("texts");
  for (const std::string& input : embed.inputs) out.text(input);
  out.end_array().given("output_dimension", embed.dimensions);
  bool typed = false;
  for (const auto& [name, value] : embed.own) {
    typed = typed || name == "input_type";
    if (name != "embedding_types") out.json(name, value.json());
  }
  if (!typed) out.text("input_type", "search_document");
  out.begin_array("embedding_types").text("float").end_array().end_object();
  return out.take();
}

}  // namespace pk::provider
