#include "admin/insert.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "config/json_value.h"
#include "log/redact.h"

namespace pk::admin {

namespace {

using config::JsonMember;
using config::JsonValue;
using Members = std::vector<JsonMember>;

// The first member of one of these names that is not null.
const JsonValue* find(const Members& members, std::initializer_list<std::string_view> names) {
  for (const JsonMember& member : members)
    if (std::ranges::find(names, member.key) != names.end() && member.value.kind != JsonToken::null)
      return &member.value;
  return nullptr;
}

// It stands in the record's row, which every list and block of columns holds.
std::string cut(std::string_view text) {
  return std::string(utf8_front(text, k_insert_text_bytes_max));
}

std::string text_at(const Members& members, std::initializer_list<std::string_view> names) {
  const JsonValue* value = find(members, names);
  return value && !value->is_object() && !value->is_array() ? cut(config::json_plain(*value)) : std::string();
}

Error wrong(std::string_view name, std::string_view wanted) {
  return {Errc::invalid, fmt::format("{}: {} is expected", name, wanted)};
}

// "https://api.openai.com/v1/chat/completions?x=y" → "/v1/chat/completions".
std::string path_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
    url.remove_prefix(std::min(url.find('/'), url.size()));
  }
  url = utf8_front(url.substr(0, std::min(url.find_first_of("?#"), url.size())), k_path_bytes_max);
  return url.starts_with('/') ? std::string(url) : "/" + std::string(url);
}

log::Headers headers_of(const Members& side) {
  log::Headers headers;
  const JsonValue* given = find(side, {"headers"});
  if (given && given->is_object())
    for (JsonMember& header : config::json_members(given->text))
      headers.emplace_back(std::move(header.key), config::json_plain(header.value));
  return headers;
}

// A text as it is, anything else as its JSON.
std::string body_of(const JsonValue& body) {
  return body.is_string() ? config::json_plain(body) : std::string(body.text);
}

// An id has 48 bits for its time, which is more than the years that a date can have.
Result<std::int64_t> time_of(const JsonValue& value) {
  constexpr std::int64_t k_time_max = 253'402'300'799'999;  // the last of 9999
  const auto time = value.is_string() ? parse_rfc3339(config::json_plain(value)) : parse_int(value.text);
  if (!time || *time < 0 || *time > k_time_max)
    return wrong("created_at", "a time as 2026-03-01T09:30:00Z, or milliseconds since 1970,");
  return *time;
}

Result<void> add_response(const Members& response, log::LogRecord& record) {
  constexpr double k_status_min = 100, k_status_max = 599;
  const JsonValue* body = find(response, {"body"});
  if (!body) return Error{Errc::invalid, "response.body is missing"};
  double status = 200;
  if (const JsonValue* given = find(response, {"status"})) status = config::json_number(*given).value_or(0);
  if (status < k_status_min || status > k_status_max || status != std::floor(status))
    return wrong("response.status", "an HTTP status");
  record.http_status = static_cast<std::int64_t>(status);
  record.ok = status >= 200 && status < 400;
  if (const JsonValue* time = find(response, {"response_time", "responseTime", "time"})) {
    const auto ms = config::json_number(*time);
    if (!ms || *ms < 0) return wrong("response.response_time", "milliseconds");
    record.latency_ms = record.upstream_ms = *ms;
  }
  const JsonValue* stream = find(response, {"streamingMode", "streaming_mode", "stream"});
  record.stream = stream && stream->kind == JsonToken::truth && stream->text == "true";
  record.response.emplace(log::Content{headers_of(response), body_of(*body)});
  return {};
}

Result<void> add_request(const Members& request, log::LogRecord& record) {
  const JsonValue* url = find(request, {"url"});
  if (!url || !url->is_string()) return Error{Errc::invalid, "request.url is missing"};
  const JsonValue* body = find(request, {"body"});
  if (!body) return Error{Errc::invalid, "request.body is missing"};
  record.path = path_of(config::json_plain(*url));
  record.method = text_at(request, {"method"});
  std::ranges::transform(record.method, record.method.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  if (record.method.empty()) record.method = "POST";
  record.request.emplace(log::Content{headers_of(request), body_of(*body)});
  return {};
}

Result<void> add_metadata(const Members& metadata, log::LogRecord& record) {
  constexpr std::string_view k_spans[] = {"traceId",  "trace_id",  "spanId",       "span_id",
                                          "spanName", "span_name", "parentSpanId", "parent_span_id"};
  record.trace_id = text_at(metadata, {"traceId", "trace_id"});
  record.span_id = text_at(metadata, {"spanId", "span_id"});
  record.span_name = text_at(metadata, {"spanName", "span_name"});
  record.parent_span_id = text_at(metadata, {"parentSpanId", "parent_span_id"});
  record.user = text_at(metadata, {"_user", "user"});
  for (const JsonMember& member : metadata) {
    if (std::ranges::find(k_spans, member.key) != std::end(k_spans)) continue;
    std::string key = cut(member.key);
    if (member.value.is_object() || member.value.is_array())
      return wrong("metadata." + visible(key, false), "a text");
    if (member.value.kind == JsonToken::null) continue;
    const auto same = std::ranges::find(record.metadata, key, &log::Metadata::value_type::first);
    if (same != record.metadata.end())
      same->second = cut(config::json_plain(member.value));
    else if (record.metadata.size() < k_insert_metadata_max)
      record.metadata.emplace_back(std::move(key), cut(config::json_plain(member.value)));
    else
      return Error{Errc::invalid, fmt::format("metadata has at most {} keys", k_insert_metadata_max)};
  }
  return {};
}

// As the recorder of a proxied call does it.
void make_safe(log::LogRecord& record) {
  log::Secrets secrets;
  record.request->headers = log::redact_headers(std::move(record.request->headers), {}, &secrets);
  record.response->headers = log::redact_headers(std::move(record.response->headers), {}, &secrets);
  if (record.ok) return;
  secrets.scrub_in_place(record.response->headers);
  secrets.scrub_in_place(record.response->body);
}

Members members_at(const Members& top, std::string_view name) {
  const JsonValue* value = find(top, {name});
  return value && value->is_object() ? config::json_members(value->text) : Members();
}

Result<log::LogRecord> read_insert(const JsonValue& value, const Caller& caller, std::int64_t now_ms) {
  if (!value.is_object()) return Error{Errc::invalid, "a log is to be a JSON object"};
  const Members top = config::json_members(value.text);
  const Members request = members_at(top, "request");
  log::LogRecord record;
  record.created_at = now_ms;
  record.last_used_option = "config";
  record.tracked = true;
  record.api_key = caller.key_id;
  PK_TRY(add_request(request, record));
  PK_TRY(add_response(members_at(top, "response"), record));
  PK_TRY(add_metadata(members_at(top, "metadata"), record));
  if (const JsonValue* time = find(top, {"created_at"})) {
    PK_ASSIGN(record.created_at, time_of(*time));
  }
  record.provider = text_at(top, {"provider"});
  if (record.provider.empty()) record.provider = text_at(request, {"provider"});
  record.model = record.requested_model = text_at(top, {"model"});
  return record;
}

}  // namespace

Result<std::vector<log::LogRecord>> read_inserts(std::string_view body, const Caller& caller,
                                                 std::int64_t now_ms) {
  if (!is_json(body)) return Error{Errc::invalid, "the body is no JSON"};
  const JsonValue whole = config::json_value(body);
  std::vector<JsonValue> values = {whole};
  if (whole.is_array()) values = config::json_elements(whole.text);
  if (values.empty()) return Error{Errc::invalid, "the array is empty"};
  if (values.size() > k_inserts_max)
    return Error{Errc::invalid, fmt::format("an array has at most {} logs", k_inserts_max)};
  std::vector<log::LogRecord> records;
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto record = read_insert(values[i], caller, now_ms);
    if (!record && whole.is_array())
      return std::move(record).error().within(fmt::format("log {} of the array", i + 1));
    if (!record) return std::move(record).error();
    records.push_back(*std::move(record));
  }
  for (log::LogRecord& record : records) make_safe(record);
  return records;
}

void forget_content(log::LogRecord& record) {
  constexpr std::string_view k_error_class = "upstream-error";
  record.tracked = false;
  record.request.reset();
  record.response.reset();
  const auto user = std::ranges::find(record.metadata, "_user", &log::Metadata::value_type::first);
  record.user = user == record.metadata.end() ? "" : user->second;
  if (!record.error.empty()) record.error = k_error_class;
  if (record.replay_blocked_by == log::ReplayBlock::none)
    record.replay_blocked_by = log::ReplayBlock::not_tracked;
}

}  // namespace pk::admin
