#include "provider/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/json_reader.h"
#include "base/sse.h"
#include "base/text.h"
#include "provider/json_out.h"
#include "provider/json_view.h"

namespace pk::provider {

namespace {

// How deep error objects are looked into: {"error":{"message":{"detail":"…"}}} is in use.
constexpr int k_error_nesting_max = 4;

// An upstream's error, taken apart. Type, param and code are JSON text, "" if there is none.
struct UpstreamError {
  std::string message;
  std::string type;
  std::string param;
  std::string code;
  bool anthropic = false;
};

std::string_view cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  // Not inside a character: its bytes but the first are 10xxxxxx.
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80) --bytes_max;
  return text.substr(0, bytes_max);
}

// On one line, without control characters, runs of space as one.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : cut(trim(text), k_error_text_bytes_max)) {
    const bool space = static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
    if (!space)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  return is_utf8(line) ? line : visible(line, false);
}

// A plain value as JSON text of our own writing, "" for objects, arrays and null.
std::string plain_json(const JsonView& value) {
  if (value.is_string()) return json_string(value.text());
  const bool plain = value.is_number() || value.is_true() || value.is_false();
  return plain ? std::string(value.json()) : std::string();
}

std::string message_of(const JsonView& value, int nesting = 0);

// The first element that has words: {"errors":["…"]}, FastAPI's {"detail":[{"msg":"…"}]}, Google's
// [{"error":{…}}].
std::string message_of_array(const JsonView& array, int nesting) {
  std::string found;
  for (const JsonView item : array.items())
    if (found.empty()) found = message_of(item, nesting + 1);
  return found;
}

std::string message_of_object(const JsonView& object, int nesting) {
  // In falling order of what a person wants to read.
  constexpr std::string_view k_keys[] = {
      "error", "message", "msg", "detail", "errors", "error_description", "error_message", "reason", "title"};
  std::string found;
  auto best = std::end(k_keys);
  for (const auto& [name, value] : object.members()) {
    const auto at = std::find(std::begin(k_keys), best, name);
    if (at == best) continue;
    std::string message = message_of(value, nesting + 1);
    if (message.empty()) continue;
    found = std::move(message);
    best = at;
  }
  return found;
}

std::string message_of(const JsonView& value, int nesting) {
  if (nesting > k_error_nesting_max) return "";
  if (value.is_array()) return message_of_array(value, nesting);
  if (value.is_object()) return message_of_object(value, nesting);
  return value.text();
}

UpstreamError parsed(std::string_view json) {
  const JsonView whole(json);
  UpstreamError error;
  error.message = message_of(whole);
  // Google wraps its error object into an array.
  const JsonView first = whole.first_item();
  const JsonView object = first.is_object() ? first : whole;
  const auto [inner, name] = object.pick("error", "type");
  const auto [type, param, code] = (inner.is_object() ? inner : object).pick("type", "param", "code");
  error.type = plain_json(type);
  error.param = plain_json(param);
  error.code = plain_json(code);
  error.anthropic = name.is("error") && inner.is_object();
  if (error.message.empty()) error.message = json;
  error.message = cut(error.message, k_error_page_bytes_max);
  return error;
}

// The data of the first event that is JSON, of a body in the form of an event stream: some hosts answer a
// streamed request so.
std::string first_event_json(std::string_view body) {
  std::string found;
  const auto take = [&](const SseEvent& event) {
    const std::string_view data = trim(event.data);
    if (found.empty() && data.starts_with('{') && is_json(data)) found = data;
  };
  SseSplitter splitter;
  splitter.feed(body, take);
  splitter.finish(take);
  return found;
}

// The JSON document in a body: the body itself, or an event's data; "" if there is none.
std::string json_in(std::string_view body) {
  const std::string_view text = trim(body);
  if (text.starts_with('{') || text.starts_with('['))
    return is_json(text) ? std::string(text) : std::string();
  const bool stream = text.starts_with("data:") || text.starts_with("event:") || text.starts_with(':');
  return stream ? first_event_json(text) : std::string();
}

bool looks_like_html(std::string_view text) {
  return istarts_with(text, "<!doctype") || istarts_with(text, "<html") || istarts_with(text, "<head");
}

// "502 Bad Gateway" of an HTML page; the page itself if it has no title.
std::string_view title_of(std::string_view page) {
  const std::size_t open = ifind(page, "<title");
  const std::size_t from = open == std::string_view::npos ? open : page.find('>', open);
  const std::size_t to = from == std::string_view::npos ? from : ifind(page.substr(from), "</title");
  if (to == std::string_view::npos) return page;
  const std::string_view title = trim(page.substr(from + 1, to - 1));
  return title.empty() ? page : title;
}

std::string_view or_null(const std::string& json) {
  return json.empty() ? "null" : std::string_view(json);
}

std::string shaped(std::string_view slug, const UpstreamError& error, std::string_view page) {
  JsonOut out;
  out.begin_object();
  if (error.anthropic) out.text("type", "error");
  out.begin_object("error").text("message", fmt::format("{} error: {}", slug, error.message));
  out.json("type", or_null(error.type)).json("param", or_null(error.param)).json("code", or_null(error.code));
  out.end_object().text("provider", slug);
  if (!page.empty()) out.text("html-message", page);
  return out.end_object().take();
}

// Compressed or binary bytes help nobody inside a JSON string.
bool is_text(std::string_view body) {
  return is_utf8(body) && body.find('\0') == std::string_view::npos;
}

struct ReadError {
  UpstreamError error;
  std::string_view page;  // what stands beside it in "html-message"
};

ReadError read_error(int status, std::string_view content_type, std::string_view body) {
  if (const std::string json = json_in(body); !json.empty()) return {parsed(json), ""};
  UpstreamError error;
  if (trim(body).empty()) {
    error.message = fmt::format("HTTP status {} without a body", status);
    return {error, ""};
  }
  if (!is_text(body)) {
    error.message = fmt::format("HTTP status {} with {} bytes of {}", status, body.size(),
                                content_type.empty() ? "unknown type" : content_type);
    return {error, ""};
  }
  error.message = error_text(body);
  return {error, cut(body, k_error_page_bytes_max)};
}

// https://docs.anthropic.com/en/api/errors
struct StatusWord {
  int status;
  std::string_view word;
};
constexpr StatusWord k_anthropic_words[] = {
    {400, "invalid_request_error"}, {401, "authentication_error"},
    {402, "billing_error"},         {403, "permission_error"},
    {404, "not_found_error"},       {413, "request_too_large"},
    {429, "rate_limit_error"},      {500, "api_error"},
    {504, "timeout_error"},         {529, "overloaded_error"},
};

// `type` is the upstream's as JSON text.
std::string_view messages_error_type(std::string_view type, int status) {
  for (const StatusWord& one : k_anthropic_words)
    if (means(type, one.word)) return one.word;
  for (const StatusWord& one : k_anthropic_words)
    if (one.status == status) return one.word;
  return status >= 400 && status < 500 ? "invalid_request_error" : "api_error";
}

std::string messages_error_of(std::string_view type, std::string_view message, std::string_view provider) {
  JsonOut out;
  out.begin_object().text("type", "error").begin_object("error").text("type", type).text("message", message);
  out.end_object();
  if (!provider.empty()) out.text("provider", provider);
  return out.end_object().take();
}

}  // namespace

std::string error_text_of_value(std::string_view json) {
  JsonReader reader(json);
  reader.next();
  return one_line(message_of(JsonView(reader.take_value())));
}

std::string shape_error(std::string_view slug, int status, std::string_view content_type,
                        std::string_view body) {
  const ReadError read = read_error(status, content_type, body);
  return shaped(slug, read.error, read.page);
}

std::string shape_messages_error(std::string_view slug, int status, std::string_view content_type,
                                 std::string_view body) {
  const ReadError read = read_error(status, content_type, body);
  const std::string prefix = fmt::format("{} error: ", slug);
  // An error that was shaped for a chat client on its way says so already.
  const bool said = read.error.message.starts_with(prefix);
  return messages_error_of(messages_error_type(read.error.type, status),
                           said ? read.error.message : prefix + read.error.message, slug);
}

std::string messages_error_json(int status, std::string_view message, std::string_view provider) {
  return messages_error_of(messages_error_type("", status), message, provider);
}

std::string error_text(std::string_view body) {
  if (const std::string json = json_in(body); !json.empty()) return one_line(parsed(json).message);
  const std::string_view text = trim(body);
  if (!is_text(text)) return fmt::format("{} bytes that are no text", body.size());
  return one_line(looks_like_html(text) ? title_of(text) : text);
}

}  // namespace pk::provider
