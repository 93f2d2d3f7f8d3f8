#include "provider/anthropic_content.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/json_reader.h"
#include "base/text.h"
#include "provider/data_url.h"

namespace pk::provider {

namespace {

constexpr std::string_view k_pdf = "application/pdf";
constexpr std::string_view k_plain = "text/plain";

// Blocks of Anthropic's that have no twin in OpenAI's form: a client that sends one means it.
constexpr std::array<std::string_view, 10> k_own_blocks = {
    "image",           "document",          "thinking",
    "tool_use",        "redacted_thinking", "tool_result",
    "search_result",   "server_tool_use",   "web_search_tool_result",
    "container_upload"};

Error invalid(std::string message) {
  return Error{Errc::invalid, std::move(message)};
}

void append_source(ArrayWriter& out, std::string_view block, std::string_view source, std::string_view title,
                   const JsonObject& part) {
  ObjectWriter object(out.next());
  object.text("type", block);
  object.raw("source", source);
  if (!title.empty()) object.text("title", title);
  object.copy(part, "cache_control");
  object.end();
}

std::string url_source(std::string_view url) {
  std::string source;
  ObjectWriter object(source);
  object.text("type", "url");
  object.text("url", url);
  object.end();
  return source;
}

std::string data_source(std::string_view type, std::string_view media_type, std::string_view data) {
  std::string source;
  ObjectWriter object(source);
  object.text("type", type);
  object.text("media_type", media_type);
  object.text("data", data);
  object.end();
  return source;
}

std::string file_source(std::string_view id) {
  std::string source;
  ObjectWriter object(source);
  object.text("type", "file");
  object.text("file_id", id);
  object.end();
  return source;
}

// {"image_url":{"url":…}}; some clients leave the object out.
std::string image_url_of(const JsonObject& part) {
  const std::string_view value = part.raw("image_url");
  return is_object(value) ? JsonObject(value).text("url") : part.text("image_url");
}

Result<void> append_image(ArrayWriter& out, const JsonObject& part) {
  const std::string url = image_url_of(part);
  if (url.empty()) return invalid("a content part of type image_url has no url");
  if (!is_data_url(url)) {
    append_source(out, "image", url_source(url), "", part);
    return {};
  }
  const auto data = parse_data_url(url);
  if (!data) return invalid("a data: URL in image_url must name its media type and be base64");
  const std::string_view block = iequals(data->media_type, k_pdf) ? "document" : "image";
  append_source(out, block, data_source("base64", data->media_type, data->base64), "", part);
  return {};
}

// `file_data` is a data: URL, or base64 alone with its type in mime_type.
Result<std::string> file_data_source(const JsonObject& file) {
  const std::string given = file.text("file_data");
  const std::string mime = file.text("mime_type");
  DataUrl data{mime.empty() ? k_pdf : std::string_view(mime), given};
  if (is_data_url(given)) {
    const auto parsed = parse_data_url(given);
    if (!parsed) return invalid("a data: URL in file_data must name its media type and be base64");
    data = *parsed;
  }
  if (!iequals(data.media_type, k_plain)) return data_source("base64", data.media_type, data.base64);
  const auto text = base64_decode(data.base64);
  if (!text) return invalid("file_data is not base64");
  return data_source("text", k_plain, *text);
}

Result<void> append_file(ArrayWriter& out, const JsonObject& part) {
  const JsonObject file(part.raw("file"));
  std::string source;
  if (const std::string url = file.text("file_url"); !url.empty()) {
    source = url_source(url);
  } else if (file.has("file_data")) {
    PK_ASSIGN(source, file_data_source(file));
  } else if (const std::string id = file.text("file_id"); !id.empty()) {
    source = file_source(id);
  } else {
    return invalid("a content part of type file has no file_data, file_url or file_id");
  }
  append_source(out, "document", source, file.text("filename"), part);
  return {};
}

Result<void> append_text(ArrayWriter& out, const JsonObject& part, std::string_view member) {
  const std::string_view text = part.raw(member);
  if (!is_string(text)) return invalid(fmt::format("a content part of type {} has no {}", member, member));
  append_text_block(out, text, part);
  return {};
}

}  // namespace

void append_text_block(ArrayWriter& out, std::string_view text, const JsonObject& part) {
  ObjectWriter block(out.next());
  block.text("type", "text");
  block.raw("text", text);
  block.copy(part, "cache_control");
  block.end();
}

Result<void> append_block(ArrayWriter& out, const JsonObject& part) {
  const std::string type = part.text("type");
  if (type == "text") return append_text(out, part, "text");
  if (type == "refusal") return append_text(out, part, "refusal");
  if (type == "image_url") return append_image(out, part);
  if (type == "file") return append_file(out, part);
  return invalid(fmt::format("a content part of type '{}' cannot be sent to anthropic",
                             visible(utf8_front(type, 64), false)));
}

Result<void> append_blocks(ArrayWriter& out, std::string_view content) {
  if (content.empty() || content == "null" || content == "\"\"") return {};
  if (is_string(content)) {
    append_text_block(out, content, JsonObject(""));
    return {};
  }
  if (!is_array(content)) return invalid("the content of a message must be a text or an array of parts");
  for (const std::string_view item : json_items(content)) {
    const JsonObject part(item);
    if (std::ranges::find(k_own_blocks, part.text("type")) != k_own_blocks.end())
      out.next() += item;
    else
      PK_TRY(append_block(out, part));
  }
  return {};
}

}  // namespace pk::provider
