#include "provider/messages_conversation.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "provider/anthropic_answer.h"
#include "provider/chat_write.h"
#include "provider/data_url.h"
#include "provider/refusal.h"

namespace pk::provider {

namespace {

Error no_form_for(std::string_view what, const std::string& type) {
  return invalid(fmt::format("{} of type '{}' has no form in a chat completion", what, shown(type)));
}

void append_text_message(JsonOut& messages, std::string_view role, std::string_view text) {
  messages.begin_object().text("role", role).text("content", text).end_object();
}

// The parts of a user's message, and the text alone while it is nothing but one text.
struct Parts {
  JsonOut json;
  JsonView text;
  std::size_t texts = 0;
  std::size_t others = 0;

  void add_text(const JsonView& given) {
    ++texts;
    text = given;
    json.begin_object().text("type", "text").json("text", given.json()).end_object();
  }
};

Result<void> add_image(Parts& parts, const JsonView& block) {
  const auto [type, url, media_type, data] = block["source"].pick("type", "url", "media_type", "data");
  if (!type.is("url") && !type.is("base64")) return no_form_for("an image source", type.text());
  ++parts.others;
  parts.json.begin_object().text("type", "image_url").begin_object("image_url");
  parts.json.text("url", type.is("url") ? url.text() : data_url(media_type.text(), data.text()));
  parts.json.end_object().end_object();
  return {};
}

void add_file(Parts& parts, const JsonView& block, std::string_view data) {
  ++parts.others;
  parts.json.begin_object().text("type", "file").begin_object("file");
  parts.json.text("filename", block["title"].text_or("document.pdf")).text("file_data", data);
  parts.json.end_object().end_object();
}

Result<void> add_document(Parts& parts, const JsonView& block) {
  const auto [type, media_type, data, content] =
      block["source"].pick("type", "media_type", "data", "content");
  if (type.is("base64"))
    add_file(parts, block, data_url(media_type.text(), data.text()));
  else if (type.is("text") && data.is_string())
    parts.add_text(data);
  else if (type.is("content") && content.is_string())
    parts.add_text(content);
  else
    return no_form_for("a document source", type.text());
  return {};
}

// A tool message is text; its images go to `parts`, which follow it.
Result<void> append_tool_result(JsonOut& messages, const JsonView& block, Parts& parts) {
  const auto [id, content] = block.pick("tool_use_id", "content");
  std::string text = content.text();
  for (const JsonView inner : content.items()) {
    const auto [type, its_text] = inner.pick("type", "text");
    if (type.is("text"))
      text.append(text.empty() ? "" : "\n").append(its_text.text());
    else if (type.is("image"))
      PK_TRY(add_image(parts, inner));
    else
      return no_form_for("a tool_result block", type.text());
  }
  messages.begin_object().text("role", "tool").text("tool_call_id", id.text());
  messages.text("content", text).end_object();
  return {};
}

Result<void> add_user_block(JsonOut& messages, Parts& parts, const JsonView& block) {
  const auto [type, text] = block.pick("type", "text");
  if (type.is("tool_result")) return append_tool_result(messages, block, parts);
  if (type.is("image")) return add_image(parts, block);
  if (type.is("document")) return add_document(parts, block);
  if (!type.is("text") || !text.is_string()) return no_form_for("a content block", type.text());
  parts.add_text(text);
  return {};
}

Result<void> append_user(JsonOut& messages, const JsonView& content) {
  Parts parts;
  parts.json.begin_array();
  for (const JsonView block : content.items()) PK_TRY(add_user_block(messages, parts, block));
  parts.json.end_array();
  if (parts.texts + parts.others == 0) return {};
  if (parts.texts == 1 && parts.others == 0)
    append_text_message(messages, "user", parts.text.text());
  else
    messages.begin_object().text("role", "user").json("content", parts.json.str()).end_object();
  return {};
}

// What the provider thought, or its own tools did.
bool is_left_out(const std::string& type) {
  return type == "thinking" || type == "redacted_thinking" || type == "server_tool_use" ||
         type == "mcp_tool_use" || type.ends_with("_tool_result");
}

Result<void> append_answer(JsonOut& messages, const JsonView& content) {
  ChatChoice answer;
  answer.refusal = "";
  for (const JsonView block : content.items()) {
    const auto [type, its_text] = block.pick("type", "text");
    if (type.is("text"))
      answer.content += its_text.text();
    else if (type.is("tool_use"))
      answer.tool_calls.push_back(tool_call_of(block));
    else if (!is_left_out(type.text()))
      return no_form_for("a content block", type.text());
  }
  append_assistant(messages, answer, true);
  return {};
}

}  // namespace

Result<void> append_turn(JsonOut& messages, const JsonView& turn) {
  const auto [role, content] = turn.pick("role", "content");
  if (!role.is("user") && !role.is("assistant"))
    return invalid(fmt::format("the role '{}' is none of user and assistant", shown(role.text())));
  if (content.is_string()) {
    messages.begin_object().text("role", role.text()).json("content", content.json()).end_object();
    return {};
  }
  if (!content.is_array()) return invalid("the content of a message must be a text or an array of blocks");
  return role.is("user") ? append_user(messages, content) : append_answer(messages, content);
}

void append_system_turn(JsonOut& messages, const JsonView& system) {
  std::string text = system.text();
  for (const JsonView block : system.items()) {
    const std::string more = block["text"].text();
    if (!more.empty()) text.append(text.empty() ? "" : "\n").append(more);
  }
  if (!text.empty()) append_text_message(messages, "system", text);
}

}  // namespace pk::provider
