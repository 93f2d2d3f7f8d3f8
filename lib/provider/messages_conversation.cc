#include "provider/messages_conversation.h"

#include <fmt/format.h>

#include <string>

#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "provider/data_url.h"

namespace pk::provider {

namespace {

Error invalid(std::string message) {
  return Error{Errc::invalid, std::move(message)};
}

Error no_form_for(std::string_view what, const std::string& type) {
  return invalid(fmt::format("{} of type '{}' has no form in a chat completion", what,
                             visible(utf8_front(type, 64), false)));
}

void append_text_message(ArrayWriter& messages, std::string_view role, std::string_view text) {
  ObjectWriter message(messages.next());
  message.text("role", role);
  message.text("content", text);
  message.end();
}

// The parts of a user's message, and the text alone while it is nothing but one text.
struct Parts {
  std::string text;
  std::string json;
  ArrayWriter writer{json};
  std::size_t texts = 0;
  std::size_t others = 0;

  void add_text(std::string_view token) {
    ++texts;
    text = json_unquoted(token);
    ObjectWriter part(writer.next());
    part.text("type", "text");
    part.raw("text", token);
    part.end();
  }
};

Result<std::string> image_url(const JsonObject& block) {
  const JsonObject source(block.raw("source"));
  const std::string type = source.text("type");
  if (type == "url") return source.text("url");
  if (type == "base64") return data_url(source.text("media_type"), source.text("data"));
  return no_form_for("an image source", type);
}

Result<void> add_image(Parts& parts, const JsonObject& block) {
  PK_ASSIGN(const std::string url, image_url(block));
  ++parts.others;
  ObjectWriter part(parts.writer.next());
  part.text("type", "image_url");
  ObjectWriter image(part.key("image_url"));
  image.text("url", url);
  image.end();
  part.end();
  return {};
}

void add_file(Parts& parts, const JsonObject& block, const JsonObject& source) {
  ++parts.others;
  const std::string title = block.text("title");
  ObjectWriter part(parts.writer.next());
  part.text("type", "file");
  ObjectWriter file(part.key("file"));
  file.text("filename", title.empty() ? "document.pdf" : std::string_view(title));
  file.text("file_data", data_url(source.text("media_type"), source.text("data")));
  file.end();
  part.end();
}

Result<void> add_document(Parts& parts, const JsonObject& block) {
  const JsonObject source(block.raw("source"));
  const std::string type = source.text("type");
  if (type == "base64") {
    add_file(parts, block, source);
  } else if (type == "text" && is_string(source.raw("data"))) {
    parts.add_text(source.raw("data"));
  } else if (type == "content" && is_string(source.raw("content"))) {
    parts.add_text(source.raw("content"));
  } else {
    return no_form_for("a document source", type);
  }
  return {};
}

// A tool message is text; its images go to `parts`, which follow it.
Result<void> append_tool_result(ArrayWriter& messages, const JsonObject& block, Parts& parts) {
  const std::string_view content = block.raw("content");
  std::string text = is_string(content) ? json_unquoted(content) : std::string();
  for (const std::string_view item : json_items(content)) {
    const JsonObject inner(item);
    const std::string type = inner.text("type");
    if (type == "text")
      text.append(text.empty() ? "" : "\n").append(inner.text("text"));
    else if (type == "image")
      PK_TRY(add_image(parts, inner));
    else
      return no_form_for("a tool_result block", type);
  }
  ObjectWriter message(messages.next());
  message.text("role", "tool");
  message.text("tool_call_id", block.text("tool_use_id"));
  message.text("content", text);
  message.end();
  return {};
}

Result<void> add_user_block(ArrayWriter& messages, Parts& parts, std::string_view item) {
  const JsonObject block(item);
  const std::string type = block.text("type");
  if (type == "tool_result") return append_tool_result(messages, block, parts);
  if (type == "image") return add_image(parts, block);
  if (type == "document") return add_document(parts, block);
  if (type != "text" || !is_string(block.raw("text"))) return no_form_for("a content block", type);
  parts.add_text(block.raw("text"));
  return {};
}

Result<void> append_user(ArrayWriter& messages, std::string_view content) {
  Parts parts;
  for (const std::string_view item : json_items(content)) PK_TRY(add_user_block(messages, parts, item));
  parts.writer.end();
  if (parts.texts + parts.others == 0) return {};
  if (parts.texts == 1 && parts.others == 0) {
    append_text_message(messages, "user", parts.text);
    return {};
  }
  ObjectWriter message(messages.next());
  message.text("role", "user");
  message.raw("content", parts.json);
  message.end();
  return {};
}

void append_call(ArrayWriter& calls, const JsonObject& block) {
  ObjectWriter call(calls.next());
  call.text("id", block.text("id"));
  call.text("type", "function");
  ObjectWriter function(call.key("function"));
  function.text("name", block.text("name"));
  function.text("arguments", is_object(block.raw("input")) ? block.raw("input") : "{}");
  function.end();
  call.end();
}

// What the provider thought, or its own tools did.
bool is_left_out(const std::string& type) {
  return type == "thinking" || type == "redacted_thinking" || type == "server_tool_use" ||
         type == "mcp_tool_use" || type.ends_with("_tool_result");
}

Result<void> append_assistant(ArrayWriter& messages, std::string_view content) {
  std::string text, calls_json;
  ArrayWriter calls(calls_json);
  for (const std::string_view item : json_items(content)) {
    const JsonObject block(item);
    const std::string type = block.text("type");
    if (type == "text")
      text += block.text("text");
    else if (type == "tool_use")
      append_call(calls, block);
    else if (!is_left_out(type))
      return no_form_for("a content block", type);
  }
  calls.end();
  ObjectWriter message(messages.next());
  message.text("role", "assistant");
  if (text.empty() && !calls.empty())
    message.raw("content", "null");
  else
    message.text("content", text);
  if (!calls.empty()) message.raw("tool_calls", calls_json);
  message.end();
  return {};
}

}  // namespace

Result<void> append_turn(ArrayWriter& messages, std::string_view turn_text) {
  const JsonObject turn(turn_text);
  const std::string role = turn.text("role");
  const std::string_view content = turn.raw("content");
  if (role != "user" && role != "assistant")
    return invalid(
        fmt::format("the role '{}' is none of user and assistant", visible(utf8_front(role, 64), false)));
  if (is_string(content)) {
    ObjectWriter message(messages.next());
    message.text("role", role);
    message.raw("content", content);
    message.end();
    return {};
  }
  if (!is_array(content)) return invalid("the content of a message must be a text or an array of blocks");
  return role == "user" ? append_user(messages, content) : append_assistant(messages, content);
}

void append_system_turn(ArrayWriter& messages, std::string_view system) {
  std::string text = is_string(system) ? json_unquoted(system) : std::string();
  for (const std::string_view item : json_items(system)) {
    const std::string more = JsonObject(item).text("text");
    if (!more.empty()) text.append(text.empty() ? "" : "\n").append(more);
  }
  if (!text.empty()) append_text_message(messages, "system", text);
}

}  // namespace pk::provider
