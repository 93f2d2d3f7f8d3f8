#include "provider/google_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "provider/google_contents.h"
#include "provider/google_schema.h"
#include "provider/json_out.h"

namespace pk::provider {

namespace {

// safety_settings → safetySettings: Gemini takes both, and twins would be an error.
std::string camel_case(std::string_view name) {
  std::string out;
  bool upper = false;
  for (const char c : name) {
    if (c != '_') out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = c == '_';
  }
  return out;
}

// Members of an object in the order they came first; a later one of the same name replaces the value.
class Members {
 public:
  void set(std::string_view name, std::string_view json) {
    const auto [at, is_new] = m_places.try_emplace(std::string(name), m_members.size());
    if (is_new)
      m_members.emplace_back(name, json);
    else
      m_members[at->second].second = json;
  }
  void given(std::string_view name, const JsonView& value) {
    if (value.is_given()) set(name, value.json());
  }
  bool empty() const { return m_members.empty(); }
  std::string object() const {
    JsonOut out;
    out.begin_object();
    for (const auto& [name, json] : m_members) out.json(name, json);
    out.end_object();
    return out.take();
  }

 private:
  std::vector<std::pair<std::string, std::string>> m_members;
  std::map<std::string, std::size_t> m_places;
};

// ---- generationConfig

// 2.5 of "models/gemini-2.5-flash"; 0 for a name that says none.
double gemini_version(std::string_view model) {
  constexpr std::string_view k_family = "gemini-";
  model = model.substr(model.rfind('/') + 1);
  if (!model.starts_with(k_family)) return 0;
  model.remove_prefix(k_family.size());
  return parse_real(model.substr(0, model.find('-'))).value_or(0);
}

// https://ai.google.dev/gemini-api/docs/openai#thinking
std::string_view budget_of_effort(std::string_view effort) {
  if (effort == "none") return "0";
  if (effort == "minimal" || effort == "low") return "1024";
  if (effort == "medium") return "8192";
  if (effort == "high" || effort == "xhigh") return "24576";
  return "";
}

std::string_view level_of_effort(std::string_view effort) {
  if (effort == "none" || effort == "minimal" || effort == "low") return "low";
  if (effort == "medium") return "medium";
  if (effort == "high" || effort == "xhigh") return "high";
  return "";
}

// OpenAI's reasoning_effort, or Anthropic's `thinking`, which clients of gateways send to any model.
std::string thinking_config(const ChatRequest& chat, std::string_view model) {
  JsonOut out;
  const JsonView thinking = chat["thinking"];
  const std::string effort = chat["reasoning_effort"].text();
  const double version = gemini_version(model);
  if (thinking["type"].is("disabled")) {
    out.begin_object().number("thinkingBudget", 0).end_object();
  } else if (thinking.is_object()) {
    out.begin_object().truth("includeThoughts", true).given("thinkingBudget", thinking["budget_tokens"]);
    out.end_object();
  } else if (version >= 3 && !level_of_effort(effort).empty()) {
    out.begin_object().text("thinkingLevel", level_of_effort(effort)).end_object();
  } else if (version >= 2.5 && version < 3 && !budget_of_effort(effort).empty()) {
    out.begin_object().json("thinkingBudget", budget_of_effort(effort)).end_object();
  }
  return out.take();
}

Result<void> set_response_format(const ChatRequest& chat, Members& config) {
  const JsonView format = chat["response_format"];
  if (!format["type"].is("json_object") && !format["type"].is("json_schema")) return {};
  config.set("responseMimeType", R"("application/json")");
  const JsonView schema = format["json_schema"]["schema"];
  if (!schema.is_object()) return {};
  auto clean = google_schema(schema);
  if (!clean) return std::move(clean).error().within("response_format");
  config.set("responseSchema", *clean);
  return {};
}

void set_modalities(const ChatRequest& chat, Members& config) {
  JsonOut out;
  out.begin_array();
  for (const JsonView element : chat["modalities"].items()) {
    std::string name = element.text();
    std::ranges::transform(name, name.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
    if (!name.empty()) out.text(name);
  }
  out.end_array();
  if (out.str() != "[]" && out.str() != R"(["TEXT"])") config.set("responseModalities", out.str());
}

void set_stops(const ChatRequest& chat, Members& config) {
  const auto stops = chat.stops();
  if (stops.empty()) return;
  JsonOut out;
  out.begin_array();
  for (const std::string& stop : stops) out.text(stop);
  config.set("stopSequences", out.end_array().str());
}

Result<Members> generation_config(const ChatRequest& chat, std::string_view model) {
  Members config;
  config.given("temperature", chat["temperature"]);
  config.given("topP", chat["top_p"]);
  config.given("topK", chat["top_k"]);
  config.given("maxOutputTokens", chat.max_tokens());
  config.given("candidateCount", chat["n"]);
  config.given("seed", chat["seed"]);
  config.given("presencePenalty", chat["presence_penalty"]);
  config.given("frequencyPenalty", chat["frequency_penalty"]);
  set_stops(chat, config);
  set_modalities(chat, config);
  PK_TRY(set_response_format(chat, config));
  if (const std::string thinking = thinking_config(chat, model); !thinking.empty())
    config.set("thinkingConfig", thinking);
  for (const std::string_view own : {"generation_config", "generationConfig"})
    for (const auto& [name, value] : chat[own].members()) config.set(camel_case(name), value.json());
  return config;
}

// ---- tools

// Gemini refuses an object without properties.
bool has_properties(const JsonView& schema) {
  return schema["$ref"].is_string() || schema["properties"].json().size() > 2;
}

Result<void> append_function(JsonOut& out, const ChatTool& tool) {
  out.begin_object().text("name", tool.name).given("description", tool.description);
  if (!tool.parameters.is_absent() && has_properties(tool.parameters)) {
    auto schema = google_schema(tool.parameters);
    if (!schema) return std::move(schema).error().within(fmt::format("parameters of {}", tool.name));
    out.json("parameters", *schema);
  }
  out.end_object();
  return {};
}

// Functions in one tool, and tools of Gemini's own ({"google_search":{}}) beside it.
Result<std::string> tools_array(const ChatRequest& chat) {
  JsonOut functions;
  functions.begin_array();
  for (const ChatTool& tool : chat.tools)
    if (!tool.name.empty()) PK_TRY(append_function(functions, tool));
  functions.end_array();
  JsonOut out;
  out.begin_array();
  if (functions.str() != "[]") out.begin_object().json("functionDeclarations", functions.str()).end_object();
  for (const ChatTool& tool : chat.tools)
    if (tool.name.empty()) out.json(tool.json.json());
  out.end_array();
  return out.take();
}

std::string tool_config(const ChatToolChoice& choice) {
  using Kind = ChatToolChoice::Kind;
  const bool any = choice.kind == Kind::required || choice.kind == Kind::named;
  JsonOut out;
  out.begin_object().begin_object("functionCallingConfig");
  out.text("mode", any ? "ANY" : choice.kind == Kind::none ? "NONE" : "AUTO");
  if (choice.kind == Kind::named) out.begin_array("allowedFunctionNames").text(choice.name).end_array();
  return out.end_object().end_object().take();
}

bool is_read_elsewhere(std::string_view name) {
  return is_openai_chat_member(name) || name == "top_k" || name == "thinking" ||
         name == "generation_config" || name == "generationConfig";
}

}  // namespace

Result<std::string> google_chat_body(const ChatRequest& chat, std::string_view model) {
  Members body;
  PK_ASSIGN(const GoogleContents contents, google_contents(chat, gemini_version(model) >= 3));
  if (!contents.system.empty()) body.set("systemInstruction", contents.system);
  body.set("contents", contents.contents);
  if (!chat.tools.empty()) {
    PK_ASSIGN(const std::string tools, tools_array(chat));
    body.set("tools", tools);
    if (chat.tool_choice.kind != ChatToolChoice::Kind::not_given)
      body.set("toolConfig", tool_config(chat.tool_choice));
  }
  PK_ASSIGN(const Members config, generation_config(chat, model));
  if (!config.empty()) body.set("generationConfig", config.object());
  for (const auto& [name, value] : chat.members)
    if (!is_read_elsewhere(name)) body.set(camel_case(name), value.json());
  return body.object();
}

std::string google_embed_body(const EmbedRequest& embed, std::string_view model) {
  JsonOut out;
  out.begin_object().begin_array("requests");
  for (const std::string& input : embed.inputs) {
    out.begin_object().text(
        "model", model.find('/') == model.npos ? fmt::format("models/{}", model) : std::string(model));
    out.begin_object("content").begin_array("parts").begin_object().text("text", input).end_object();
    out.end_array().end_object().given("outputDimensionality", embed.dimensions);
    for (const auto& [name, value] : embed.own) out.json(camel_case(name), value.json());
    out.end_object();
  }
  out.end_array().end_object();
  return out.take();
}

}  // namespace pk::provider
