#include "provider/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/json.h"
#include "base/sse.h"
#include "base/text.h"
#include "provider/json_walk.h"

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

// One whole value that can be passed on as text.
bool is_whole_json(std::string_view text) {
  JsonReader reader(text);
  reader.next();
  reader.take_value();
  return reader.next() == JsonToken::end && is_utf8(text);
}

// A plain value as JSON text of our own writing, "" for objects, arrays and null.
std::string plain_json(const JsonReader& reader, JsonToken token) {
  if (token == JsonToken::string) return json_string(json_unquoted(reader.token()));
  if (token == JsonToken::number || token == JsonToken::truth) return std::string(reader.token());
  return "";
}

std::string message_of(JsonReader& reader, JsonToken token, int nesting);

// The first element that has words: {"errors":["…"]}, FastAPI's {"detail":[{"msg":"…"}]}, Google's
// [{"error":{…}}].
std::string message_of_array(JsonReader& reader, int nesting) {
  std::string found;
  walk_elements(reader, [&](JsonToken token) {
    if (found.empty()) found = message_of(reader, token, nesting + 1);
  });
  return found;
}

std::string message_of_object(JsonReader& reader, int nesting) {
  // In falling order of what a person wants to read.
  constexpr std::string_view k_keys[] = {
      "error", "message", "msg", "detail", "errors", "error_description", "error_message", "reason", "title"};
  std::string found;
  std::size_t rank = std::size(k_keys);
  walk_members(reader, [&](std::string_view key, JsonToken token) {
    const auto at = std::ranges::find_if(k_keys, [&](std::string_view name) { return means(key, name); });
    const auto its_rank = static_cast<std::size_t>(at - std::begin(k_keys));
    if (its_rank >= rank) return;
    std::string message = message_of(reader, token, nesting + 1);
    if (message.empty()) return;
    found = std::move(message);
    rank = its_rank;
  });
  return found;
}

// The words in a value whose first token was just read.
std::string message_of(JsonReader& reader, JsonToken token, int nesting) {
  if (nesting > k_error_nesting_max) return "";
  if (token == JsonToken::string) return json_unquoted(reader.token());
  if (token == JsonToken::array_begin) return message_of_array(reader, nesting);
  if (token == JsonToken::object_begin) return message_of_object(reader, nesting);
  return "";
}

void read_plain_members(std::string_view object, UpstreamError& error) {
  JsonReader reader(object);
  if (reader.next() != JsonToken::object_begin) return;
  walk_members(reader, [&](std::string_view key, JsonToken token) {
    if (means(key, "type")) error.type = plain_json(reader, token);
    if (means(key, "param")) error.param = plain_json(reader, token);
    if (means(key, "code")) error.code = plain_json(reader, token);
  });
}

std::string_view member(std::string_view object, std::string_view name) {
  std::string_view found;
  JsonReader reader(object);
  if (reader.next() != JsonToken::object_begin) return found;
  walk_members(reader, [&](std::string_view key, JsonToken) {
    if (means(key, name)) found = reader.take_value();
  });
  return found;
}

// Google wraps its error object into an array.
std::string_view unwrapped(std::string_view json) {
  JsonReader reader(json);
  if (reader.next() != JsonToken::array_begin || reader.next() != JsonToken::object_begin) return json;
  return reader.take_value();
}

std::string message_in(std::string_view json) {
  JsonReader reader(json);
  const JsonToken token = reader.next();
  return message_of(reader, token, 0);
}

UpstreamError parsed(std::string_view json) {
  UpstreamError error;
  error.message = message_in(json);
  const std::string_view object = unwrapped(json);
  const std::string_view inner = member(object, "error");
  read_plain_members(inner.starts_with('{') ? inner : object, error);
  error.anthropic = means(member(object, "type"), "error") && inner.starts_with('{');
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
    if (found.empty() && data.starts_with('{') && is_whole_json(data)) found = data;
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
    return is_whole_json(text) ? std::string(text) : std::string();
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

std::string or_null(const std::string& json) {
  return json.empty() ? "null" : json;
}

std::string shaped(std::string_view slug, const UpstreamError& error, std::string_view page) {
  std::string out = error.anthropic ? R"({"type":"error","error":{"message":)" : R"({"error":{"message":)";
  append_json_string(out, fmt::format("{} error: {}", slug, error.message));
  out += fmt::format(R"(,"type":{},"param":{},"code":{}}},"provider":)", or_null(error.type),
                     or_null(error.param), or_null(error.code));
  append_json_string(out, slug);
  if (!page.empty()) {
    out += R"(,"html-message":)";
    append_json_string(out, page);
  }
  out += '}';
  return out;
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
  std::string out = R"({"type":"error","error":{"type":)";
  append_json_string(out, type);
  out += R"(,"message":)";
  append_json_string(out, message);
  out += '}';
  if (!provider.empty()) {
    out += R"(,"provider":)";
    append_json_string(out, provider);
  }
  out += '}';
  return out;
}

}  // namespace

std::string error_text_of_value(std::string_view json) {
  return one_line(message_in(json));
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
