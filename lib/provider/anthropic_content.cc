#include "provider/anthropic_content.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/text.h"
#include "provider/data_url.h"
#include "provider/refusal.h"

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

// Where an image or document comes from. Views.
struct Source {
  std::string_view type;        // url, file, base64 or text
  std::string_view media_type;  // of base64 and text
  std::string_view value;       // the URL, the file's id, the data
};

std::string_view value_name(std::string_view type) {
  if (type == "url") return "url";
  return type == "file" ? "file_id" : "data";
}

void append_source_block(JsonOut& out, std::string_view block, const Source& source, std::string_view title,
                         const JsonView& cache_control) {
  out.begin_object().text("type", block).begin_object("source").text("type", source.type);
  if (!source.media_type.empty()) out.text("media_type", source.media_type);
  out.text(value_name(source.type), source.value).end_object();
  if (!title.empty()) out.text("title", title);
  out.given("cache_control", cache_control).end_object();
}

Result<void> append_image(JsonOut& out, const JsonView& image, const JsonView& cache_control) {
  // {"image_url":{"url":…}}; some clients leave the object out.
  const std::string url = image.is_object() ? image["url"].text() : image.text();
  if (url.empty()) return invalid("a content part of type image_url has no url");
  if (!is_data_url(url)) {
    append_source_block(out, "image", {"url", "", url}, "", cache_control);
    return {};
  }
  const auto data = parse_data_url(url);
  if (!data) return invalid("a data: URL in image_url must name its media type and be base64");
  const std::string_view block = iequals(data->media_type, k_pdf) ? "document" : "image";
  append_source_block(out, block, {"base64", data->media_type, data->base64}, "", cache_control);
  return {};
}

// `file_data` is a data: URL, or base64 alone with its type in mime_type.
Result<void> append_file_data(JsonOut& out, const JsonView& file_data, const JsonView& mime_type,
                              std::string_view title, const JsonView& cache_control) {
  const std::string given = file_data.text(), type = mime_type.text_or(k_pdf);
  DataUrl data{type, given};
  if (is_data_url(given)) {
    const auto parsed = parse_data_url(given);
    if (!parsed) return invalid("a data: URL in file_data must name its media type and be base64");
    data = *parsed;
  }
  if (!iequals(data.media_type, k_plain)) {
    append_source_block(out, "document", {"base64", data.media_type, data.base64}, title, cache_control);
    return {};
  }
  const auto text = base64_decode(data.base64);
  if (!text) return invalid("file_data is not base64");
  append_source_block(out, "document", {"text", k_plain, *text}, title, cache_control);
  return {};
}

Result<void> append_file(JsonOut& out, const JsonView& file, const JsonView& cache_control) {
  const auto [url, data, type, id, name] =
      file.pick("file_url", "file_data", "mime_type", "file_id", "filename");
  const std::string title = name.text();
  if (url.has_text())
    append_source_block(out, "document", {"url", "", url.text()}, title, cache_control);
  else if (data.is_given())
    return append_file_data(out, data, type, title, cache_control);
  else if (id.has_text())
    append_source_block(out, "document", {"file", "", id.text()}, title, cache_control);
  else
    return invalid("a content part of type file has no file_data, file_url or file_id");
  return {};
}

Result<void> append_text(JsonOut& out, const std::string& type, const JsonView& text,
                         const JsonView& cache_control) {
  if (!text.is_string()) return invalid(fmt::format("a content part of type {} has no {}", type, type));
  if (has_words(text)) append_text_block(out, text, cache_control);
  return {};
}

Result<void> append_block(JsonOut& out, const JsonView& part) {
  // In one step: the part may be a picture of many megabytes.
  const auto [name, text, refusal, image, file, cache_control] =
      part.pick("type", "text", "refusal", "image_url", "file", "cache_control");
  const std::string type = name.text();
  if (type == "text") return append_text(out, type, text, cache_control);
  if (type == "refusal") return append_text(out, type, refusal, cache_control);
  if (type == "image_url") return append_image(out, image, cache_control);
  if (type == "file") return append_file(out, file, cache_control);
  if (std::ranges::find(k_own_blocks, type) == k_own_blocks.end())
    return invalid(fmt::format("a content part of type '{}' cannot be sent to anthropic", shown(type)));
  out.json(part.json());
  return {};
}

}  // namespace

bool has_words(const JsonView& text) {
  if (!text.has_text()) return false;
  const char first = text.json()[1];  // of most texts it says all
  return (first != ' ' && first != '\\') || !trim(text.text()).empty();
}

void append_text_block(JsonOut& out, const JsonView& text, const JsonView& cache_control) {
  out.begin_object().text("type", "text").json("text", text.json());
  out.given("cache_control", cache_control).end_object();
}

Result<void> append_blocks(JsonOut& out, const JsonView& content) {
  if (content.is_string()) {
    if (has_words(content)) append_text_block(out, content);
    return {};
  }
  if (content.is_given() && !content.is_array())
    return invalid("the content of a message must be a text or an array of parts");
  for (const JsonView part : content.items()) PK_TRY(append_block(out, part));
  return {};
}

}  // namespace pk::provider
