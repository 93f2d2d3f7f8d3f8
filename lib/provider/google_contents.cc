#include "provider/google_contents.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/text.h"
#include "provider/data_url.h"
#include "provider/json_out.h"
#include "provider/refusal.h"

namespace pk::provider {

namespace {

// https://ai.google.dev/gemini-api/docs/thought-signatures: for calls that another model made.
constexpr std::string_view k_foreign_signature = "skip_thought_signature_validator";

constexpr std::array<std::pair<std::string_view, std::string_view>, 15> k_types_by_ending = {{
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".webp", "image/webp"},
    {".gif", "image/gif"},
    {".heic", "image/heic"},
    {".heif", "image/heif"},
    {".pdf", "application/pdf"},
    {".txt", "text/plain"},
    {".mp3", "audio/mp3"},
    {".wav", "audio/wav"},
    {".mp4", "video/mp4"},
    {".mov", "video/mov"},
    {".webm", "video/webm"},
    {".mpeg", "video/mpeg"},
}};

std::string_view type_by_ending(std::string_view url) {
  const std::string path = ascii_lower(url.substr(0, url.find_first_of("?#")));
  for (const auto& [ending, type] : k_types_by_ending)
    if (path.ends_with(ending)) return type;
  return "";
}

Result<void> append_media(JsonOut& out, std::string_view url) {
  if (const auto data = parse_data_url(url)) {
    out.begin_object().begin_object("inlineData");
    out.text("mimeType", data->media_type).text("data", data->base64).end_object().end_object();
    return {};
  }
  if (is_data_url(url)) return Error{Errc::invalid, "a data: URL must name its media type and hold base64"};
  out.begin_object().begin_object("fileData");
  if (const auto type = type_by_ending(url); !type.empty()) out.text("mimeType", type);
  out.text("fileUri", url).end_object().end_object();
  return {};
}

Result<void> append_part(JsonOut& out, const ChatPart& part) {
  switch (part.kind) {
    case ChatPart::Kind::text:
      if (!part.text.empty()) out.begin_object().text("text", part.text).end_object();
      return {};
    case ChatPart::Kind::image:
    case ChatPart::Kind::audio:
    case ChatPart::Kind::file:
      if (part.url.empty()) return Error{Errc::invalid, "google needs a file's data or URL, not its id"};
      return append_media(out, part.url);
    case ChatPart::Kind::thinking:
      return {};
    case ChatPart::Kind::other:
      break;
  }
  return Error{Errc::invalid, fmt::format("google takes no content of type {}", part.json["type"].json())};
}

// Gemini refuses a part without text, and a turn without parts; it wants its own thoughts back by their
// signature only.
bool has_content(const ChatMessage& message) {
  const auto says_something = [](const ChatPart& part) {
    return part.kind != ChatPart::Kind::thinking && (part.kind != ChatPart::Kind::text || !part.text.empty());
  };
  return std::ranges::any_of(message.parts, says_something) || !message.tool_calls.empty();
}

// Writes turns, joining what has the same role.
class Turns {
 public:
  explicit Turns(bool signed_calls) : m_signed_calls(signed_calls) { m_out.begin_array(); }

  Result<void> add(const ChatMessage& message);
  std::string take() {
    close();
    return m_out.end_array().take();
  }

 private:
  Result<void> add_tool_result(const ChatMessage& message);
  void add_call(const ChatToolCall& call, bool first);
  Result<void> add_parts(const ChatMessage& message);
  void turn(std::string_view role);
  void close();

  const bool m_signed_calls;
  JsonOut m_out;
  std::string_view m_role;
  std::map<std::string, std::string, std::less<>> m_names;  // of functions, by the id of their call
};

void Turns::close() {
  if (!m_role.empty()) m_out.end_array().end_object();
}

void Turns::turn(std::string_view role) {
  if (role == m_role) return;
  close();
  m_role = role;
  m_out.begin_object().text("role", role).begin_array("parts");
}

Result<void> Turns::add_parts(const ChatMessage& message) {
  for (const ChatPart& part : message.parts) PK_TRY(append_part(m_out, part));
  return {};
}

void Turns::add_call(const ChatToolCall& call, bool first) {
  m_out.begin_object().begin_object("functionCall").text("name", call.name);
  m_out.json("args", trim(call.arguments)).end_object();
  if (!call.thought_signature.empty())
    m_out.text("thoughtSignature", call.thought_signature);
  else if (first && m_signed_calls)
    m_out.text("thoughtSignature", k_foreign_signature);
  m_out.end_object();
  m_names[call.id] = call.name;
}

// Gemini takes an object; what is none goes in as its `output`.
Result<void> Turns::add_tool_result(const ChatMessage& message) {
  const auto known = m_names.find(message.tool_call_id);
  const std::string& name = known == m_names.end() ? message.name : known->second;
  if (name.empty())
    return Error{Errc::invalid, fmt::format("the tool message for {} belongs to no tool call before it",
                                            json_string(message.tool_call_id))};
  for (const ChatPart& part : message.parts)
    if (part.kind != ChatPart::Kind::text)
      return Error{Errc::invalid,
                   fmt::format("google takes nothing but text as the result of a tool, and no {}",
                               shown(part.json["type"].text()))};
  turn("user");
  const std::string text = joined_text(message);
  const JsonView object = JsonView::checked(text);
  m_out.begin_object().begin_object("functionResponse").text("name", name).key("response");
  if (object.is_object())
    m_out.json(object.json());
  else
    m_out.begin_object().text("output", text).end_object();
  m_out.end_object().end_object();
  return {};
}

Result<void> Turns::add(const ChatMessage& message) {
  if (message.role == ChatRole::system) return {};
  if (message.role == ChatRole::tool) return add_tool_result(message);
  if (!has_content(message)) return {};
  turn(message.role == ChatRole::assistant ? "model" : "user");
  PK_TRY(add_parts(message));
  for (const ChatToolCall& call : message.tool_calls) add_call(call, &call == message.tool_calls.data());
  return {};
}

std::string system_instruction(const ChatRequest& chat) {
  JsonOut out;
  out.begin_object().begin_array("parts");
  for (const ChatMessage& message : chat.messages)
    if (message.role == ChatRole::system)
      for (const ChatPart& part : message.parts)
        if (part.kind == ChatPart::Kind::text && !part.text.empty())
          out.begin_object().text("text", part.text).end_object();
  const bool empty = out.str().ends_with('[');
  out.end_array().end_object();
  return empty ? std::string() : out.take();
}

}  // namespace

Result<GoogleContents> google_contents(const ChatRequest& chat, bool signed_calls) {
  Turns turns(signed_calls);
  for (const ChatMessage& message : chat.messages) PK_TRY(turns.add(message));
  return GoogleContents{system_instruction(chat), turns.take()};
}

}  // namespace pk::provider
