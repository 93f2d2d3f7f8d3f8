#include "provider/bedrock_content.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <utility>

#include "base/text.h"
#include "provider/data_url.h"
#include "provider/json_out.h"
#include "provider/refusal.h"

namespace pk::provider {

namespace {

using Format = std::pair<std::string_view, std::string_view>;  // media type, Converse's word

constexpr std::array<Format, 5> k_images = {{{"image/png", "png"},
                                             {"image/jpeg", "jpeg"},
                                             {"image/jpg", "jpeg"},
                                             {"image/gif", "gif"},
                                             {"image/webp", "webp"}}};
constexpr std::array<Format, 9> k_documents = {
    {{"application/pdf", "pdf"},
     {"text/csv", "csv"},
     {"application/msword", "doc"},
     {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"},
     {"application/vnd.ms-excel", "xls"},
     {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"},
     {"text/html", "html"},
     {"text/plain", "txt"},
     {"text/markdown", "md"}}};

template <std::size_t N>
std::string_view word_for(const std::array<Format, N>& formats, std::string_view media_type) {
  for (const auto& [type, word] : formats)
    if (iequals(type, media_type)) return word;
  return "";
}

// By the ending of its name, for what lies in S3.
template <std::size_t N>
std::string_view word_for_ending(const std::array<Format, N>& formats, std::string_view url) {
  const std::string ending = ascii_lower(url.substr(std::min(url.rfind('.'), url.size() - 1) + 1));
  for (const auto& [type, word] : formats)
    if (word == ending || type.ends_with("/" + ending)) return word;
  return "";
}

// Converse takes letters, digits, single spaces, hyphens, parentheses and brackets.
std::string document_name(std::string_view name, std::size_t number) {
  std::string out;
  for (const char c : name.substr(0, name.rfind('.'))) {
    const bool letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    out += letter || std::string_view("()[]").find(c) != std::string_view::npos ? c : '-';
  }
  return out.empty() ? fmt::format("document-{}", number) : out;
}

// Writes messages, joining what has the same role.
class Messages {
 public:
  Messages() { m_out.begin_array(); }

  Result<void> add(const ChatMessage& message);
  bool uses_tools() const { return m_uses_tools; }
  std::vector<std::string> tool_names() { return std::move(m_tool_names); }
  std::string take() {
    close();
    return m_out.end_array().take();
  }

 private:
  Result<void> add_result(const ChatMessage& message);
  Result<void> add_block(const ChatPart& part);
  Result<void> add_media(const ChatPart& part);
  void add_thinking(const ChatPart& part);
  void add_call(const ChatToolCall& call);
  void turn(std::string_view role);
  void close();

  JsonOut m_out;
  std::string_view m_role;
  std::size_t m_documents = 0;
  bool m_uses_tools = false;
  std::vector<std::string> m_tool_names;
  std::set<std::string> m_known_names;
};

void Messages::close() {
  if (!m_role.empty()) m_out.end_array().end_object();
}

void Messages::turn(std::string_view role) {
  if (role == m_role) return;
  close();
  m_role = role;
  m_out.begin_object().text("role", role).begin_array("content");
}

Result<void> Messages::add_media(const ChatPart& part) {
  const auto data = parse_data_url(part.url);
  const bool in_s3 = part.url.starts_with("s3://");
  if (!data && !in_s3)
    return invalid(
        "bedrock takes images and files as s3: URLs, or as data: URLs with a media type and base64, only");
  const std::string_view type = data ? data->media_type : "";
  const std::string_view image = data ? word_for(k_images, type) : word_for_ending(k_images, part.url);
  const std::string_view document =
      data ? word_for(k_documents, type) : word_for_ending(k_documents, part.url);
  if (image.empty() && document.empty())
    return invalid(fmt::format("bedrock takes no files of type {}", json_string(data ? type : part.url)));
  m_out.begin_object().begin_object(image.empty() ? "document" : "image");
  m_out.text("format", image.empty() ? document : image);
  if (image.empty()) m_out.text("name", document_name(part.name, ++m_documents));
  m_out.begin_object("source");
  if (data)
    m_out.text("bytes", data->base64);
  else
    m_out.begin_object("s3Location").text("uri", part.url).end_object();
  m_out.end_object().end_object().end_object();
  return {};
}

// Unsigned thoughts are another model's: Converse refuses them.
void Messages::add_thinking(const ChatPart& part) {
  if (part.signature.empty()) return;
  m_out.begin_object().begin_object("reasoningContent").begin_object("reasoningText");
  m_out.text("text", part.text).text("signature", part.signature).end_object().end_object().end_object();
}

Result<void> Messages::add_block(const ChatPart& part) {
  switch (part.kind) {
    case ChatPart::Kind::text:
      if (!trim(part.text).empty()) m_out.begin_object().text("text", part.text).end_object();
      break;
    case ChatPart::Kind::image:
    case ChatPart::Kind::file:
      PK_TRY(add_media(part));
      break;
    case ChatPart::Kind::thinking:
      add_thinking(part);
      break;
    case ChatPart::Kind::audio:
    case ChatPart::Kind::other:
      return invalid(fmt::format("bedrock takes no content of type {}", part.json["type"].json()));
  }
  if (part.cached) m_out.json(k_bedrock_cache_point);
  return {};
}

void Messages::add_call(const ChatToolCall& call) {
  m_out.begin_object().begin_object("toolUse").text("toolUseId", call.id).text("name", call.name);
  m_out.json("input", trim(call.arguments)).end_object().end_object();
  m_uses_tools = true;
  if (m_known_names.insert(call.name).second) m_tool_names.push_back(call.name);
}

Result<void> Messages::add_result(const ChatMessage& message) {
  turn("user");
  m_out.begin_object().begin_object("toolResult").text("toolUseId", message.tool_call_id);
  m_out.begin_array("content");
  bool cached = false;
  for (ChatPart part : message.parts) {
    cached = cached || part.cached;
    part.cached = false;  // the point stands behind the result, not inside
    PK_TRY(add_block(part));
  }
  m_out.end_array().end_object().end_object();
  if (cached) m_out.json(k_bedrock_cache_point);
  m_uses_tools = true;
  return {};
}

bool has_content(const ChatMessage& message) {
  for (const ChatPart& part : message.parts)
    if (part.kind == ChatPart::Kind::thinking ? !part.signature.empty()
                                              : part.kind != ChatPart::Kind::text || !trim(part.text).empty())
      return true;
  return !message.tool_calls.empty();
}

Result<void> Messages::add(const ChatMessage& message) {
  if (message.role == ChatRole::system) return {};
  if (message.role == ChatRole::tool) return add_result(message);
  if (!has_content(message)) return {};
  turn(message.role == ChatRole::assistant ? "assistant" : "user");
  for (const ChatPart& part : message.parts) PK_TRY(add_block(part));
  for (const ChatToolCall& call : message.tool_calls) add_call(call);
  return {};
}

std::string system_blocks(const ChatRequest& chat) {
  JsonOut out;
  out.begin_array();
  for (const ChatMessage& message : chat.messages) {
    if (message.role != ChatRole::system) continue;
    for (const ChatPart& part : message.parts) {
      if (part.kind != ChatPart::Kind::text || trim(part.text).empty()) continue;
      out.begin_object().text("text", part.text).end_object();
      if (part.cached) out.json(k_bedrock_cache_point);
    }
  }
  out.end_array();
  return out.str() == "[]" ? std::string() : out.take();
}

}  // namespace

Result<BedrockContent> bedrock_content(const ChatRequest& chat) {
  Messages messages;
  for (const ChatMessage& message : chat.messages) PK_TRY(messages.add(message));
  return BedrockContent{system_blocks(chat), messages.take(), messages.uses_tools(), messages.tool_names()};
}

}  // namespace pk::provider
