#include "provider/bedrock_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "provider/bedrock_content.h"
#include "provider/json_out.h"
#include "provider/refusal.h"

namespace pk::provider {

namespace {

// Members of Converse beside those that a chat fills, with the spelling of clients that write snake case.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> k_own_members = {{
    {"additionalModelResponseFieldPaths", "additional_model_response_field_paths"},
    {"guardrailConfig", "guardrail_config"},
    {"outputConfig", "output_config"},
    {"performanceConfig", "performance_config"},
    {"promptVariables", "prompt_variables"},
    {"requestMetadata", "request_metadata"},
    {"serviceTier", "service_tier_config"},
}};
constexpr std::string_view k_additional = "additionalModelRequestFields";
constexpr std::string_view k_additional_snake = "additional_model_request_fields";

// ---- tools

void append_spec(JsonOut& out, std::string_view name, const JsonView& description,
                 const JsonView& parameters) {
  out.begin_object().begin_object("toolSpec").text("name", name);
  if (description.json().size() > 2) out.given("description", description);
  out.begin_object("inputSchema");
  out.json("json", parameters.is_absent() ? R"({"type":"object","properties":{}})" : parameters.json());
  out.end_object().end_object().end_object();
}

void append_tool(JsonOut& out, const ChatTool& tool) {
  if (tool.name.empty()) {
    out.json(tool.json.json());  // in Converse's own form
    return;
  }
  append_spec(out, tool.name, tool.description, tool.parameters);
  if (tool.cached) out.json(k_bedrock_cache_point);
}

void append_tool_choice(JsonOut& out, const ChatToolChoice& choice) {
  using Kind = ChatToolChoice::Kind;
  if (choice.kind == Kind::automatic) out.json("toolChoice", R"({"auto":{}})");
  if (choice.kind == Kind::required) out.json("toolChoice", R"({"any":{}})");
  if (choice.kind != Kind::named) return;
  out.begin_object("toolChoice").begin_object("tool").text("name", choice.name).end_object().end_object();
}

// Of tools that a conversation has used and the request does not bring: Converse knows no call of a tool that
// it is not told of, and what they took is not known any more.
void append_used_tools(JsonOut& out, const std::vector<std::string>& names) {
  if (names.empty()) return;
  out.begin_object("toolConfig").begin_array("tools");
  for (const std::string& name : names) append_spec(out, name, {}, {});
  out.end_array().end_object();
}

void append_tools(JsonOut& out, const ChatRequest& chat, const BedrockContent& content) {
  if (chat.tools.empty()) return append_used_tools(out, content.tool_names);
  const bool none = chat.tool_choice.kind == ChatToolChoice::Kind::none;
  if (none && !content.uses_tools) return;
  out.begin_object("toolConfig").begin_array("tools");
  for (const ChatTool& tool : chat.tools) append_tool(out, tool);
  out.end_array();
  append_tool_choice(out, chat.tool_choice);
  out.end_object();
}

// ---- parameters

void append_inference(JsonOut& out, const ChatRequest& chat) {
  JsonOut config;
  config.begin_object().given("maxTokens", chat.max_tokens());
  config.given("temperature", chat["temperature"]).given("topP", chat["top_p"]);
  if (const auto stops = chat.stops(); !stops.empty()) {
    config.begin_array("stopSequences");
    for (const std::string& stop : stops) config.text(stop);
    config.end_array();
  }
  config.end_object();
  if (config.str() != "{}") out.json("inferenceConfig", config.str());
}

// "" for what is no member of Converse.
std::string_view own_member(std::string_view name) {
  for (const auto& [camel, snake] : k_own_members)
    if (name == camel || name == snake) return camel;
  return "";
}

void append_additional(JsonOut& out, const ChatRequest& chat, std::string_view model) {
  JsonOut fields;
  fields.begin_object();
  if (model.find("openai.") != model.npos) fields.given("reasoning_effort", chat["reasoning_effort"]);
  for (const auto& [name, value] : chat.members) {
    if (name == k_additional || name == k_additional_snake)
      for (const auto& [field, inner] : value.members()) fields.json(field, inner.json());
    else if (!is_openai_chat_member(name) && own_member(name).empty())
      fields.json(name, value.json());
  }
  fields.end_object();
  if (fields.str() != "{}") out.json(k_additional, fields.str());
}

bool asks_for_several(const ChatRequest& chat) {
  return chat["n"].is_number() && chat["n"].count(1) != 1;
}

// ---- embeddings

std::string titan_body(const EmbedRequest& embed) {
  JsonOut out;
  out.begin_object().text("inputText", embed.inputs[0]).given("dimensions", embed.dimensions);
  for (const auto& [name, value] : embed.own) out.json(name, value.json());
  return out.end_object().take();
}

std::string cohere_body(const EmbedRequest& embed) {
  JsonOut out;
  out.begin_object().begin_array("texts");
  for (const std::string& input : embed.inputs) out.text(input);
  out.end_array().given("output_dimension", embed.dimensions);
  const auto is_type = [](const auto& member) { return member.first == "input_type"; };
  if (std::ranges::none_of(embed.own, is_type)) out.text("input_type", "search_document");
  for (const auto& [name, value] : embed.own)
    if (name != "embedding_types") out.json(name, value.json());
  return out.end_object().take();
}

}  // namespace

Result<std::string> bedrock_chat_body(const ChatRequest& chat, std::string_view model) {
  if (asks_for_several(chat)) return invalid("bedrock gives one choice: leave `n` out");
  PK_ASSIGN(const BedrockContent content, bedrock_content(chat));
  JsonOut out;
  out.begin_object().json("messages", content.messages);
  if (!content.system.empty()) out.json("system", content.system);
  append_inference(out, chat);
  append_tools(out, chat, content);
  append_additional(out, chat, model);
  for (const auto& [name, value] : chat.members)
    if (const auto own = own_member(name); !own.empty()) out.json(own, value.json());
  return out.end_object().take();
}

Result<std::string> bedrock_embed_body(const EmbedRequest& embed, std::string_view model) {
  if (model.find("cohere.embed") != model.npos) return cohere_body(embed);
  if (model.find("titan-embed") == model.npos)
    return invalid("embeddings are offered for Titan's and Cohere's models on bedrock");
  if (embed.inputs.size() != 1) return invalid("Titan's models on bedrock take one `input` in a request");
  return titan_body(embed);
}

}  // namespace pk::provider
