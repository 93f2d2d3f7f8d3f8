// Portkey's export of logs: JSON lines, and the columns that older exports had.
// https://portkey.ai/docs/product/observability/logs-export
#include <algorithm>

#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "imports/form.h"
#include "imports/values.h"

namespace pk::imports {

namespace {

constexpr double k_cents_per_dollar = 100;

// The older exports have a request's body in a column of its own.
std::string body_of(const Row& row, std::string_view side, std::string_view old_name) {
  const std::string whole = row.json(side);
  if (const std::string body = member(whole, "body"); !body.empty()) {
    if (!body.starts_with('"')) return body;
    return json_unquoted(body);
  }
  const bool has_parts =
      !member(whole, "headers").empty() || !member(whole, "url").empty() || !member(whole, "status").empty();
  if (!whole.empty() && !has_parts) return whole;
  const std::string old = row.json(old_name);
  return old.empty() ? row.text(old_name) : old;
}

std::optional<log::Content> content_of(const Row& row, std::string_view side, std::string_view old_name) {
  std::string body = body_of(row, side, old_name);
  log::Headers headers = headers_of(member(row.json(side), "headers"));
  if (body.empty() && headers.empty()) return {};
  const bool typed =
      std::ranges::any_of(headers, [](const auto& header) { return iequals(header.first, "content-type"); });
  if (!typed && is_json(body)) headers.emplace_back("content-type", "application/json");
  return log::Content{std::move(headers), std::move(body)};
}

void set_request(const Row& row, log::LogRecord& record) {
  std::string url = row.text("request_url");
  if (url.empty()) url = member_text(row.json("request"), "url");
  record.path = url_path(url);
  record.method = row.text("request_method");
  if (record.method.empty()) record.method = member_text(row.json("request"), "method");
  std::ranges::transform(record.method, record.method.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  record.request = content_of(row, "request", "request.body");
  record.response = content_of(row, "response", "response.body");
  record.endpoint = endpoint_of_path(record.path);
  const std::string body = record.request ? record.request->body : "";
  // Where no URL is given the body shows what was asked.
  if (record.path.empty() && !member(body, "messages").empty())
    record.endpoint = log::Endpoint::chat_completions;
  else if (record.path.empty() && !member(body, "prompt").empty())
    record.endpoint = log::Endpoint::completions;
  record.stream = is_true(row.text("stream_mode")) || is_true(member(body, "stream"));
  record.requested_model = member_text(body, "model");
}

void set_cache(const Row& row, log::LogRecord& record) {
  const std::string status = ascii_lower(trim(row.text("cache_status")));
  if (status == "hit") record.cache = log::Cache::hit;
  if (status == "semantic hit") record.cache = log::Cache::semantic_hit;
  if (status == "miss" || status == "semantic miss") record.cache = log::Cache::miss;
  if (status == "refresh" || status == "refreshed") record.cache = log::Cache::refreshed;
}

void set_outcome(const Row& row, log::LogRecord& record) {
  record.http_status = row.count("response_status_code");
  const std::string success = row.text("is_success");
  const bool good = record.http_status && *record.http_status >= 200 && *record.http_status < 400;
  record.ok = success.empty() ? good : is_true(success);
  if (!record.ok && record.response) {
    const std::string error = member(record.response->body, "error");
    record.error =
        error.starts_with('{') ? member_text(error, "message") : member_text(record.response->body, "error");
  }
  if (!record.ok && record.error.empty())
    record.error = record.http_status ? "HTTP status " + std::to_string(*record.http_status) : "failure";
}

void set_routing(const Row& row, log::LogRecord& record) {
  const std::string mode = ascii_lower(row.text("mode"));
  if (mode == "fallback") record.fallback = log::Active::active;
  if (mode == "loadbalance") record.loadbalance = log::Active::active;
  record.retry_attempts = row.count("retry_success_count").value_or(0);
  if (record.retry_attempts > 0) record.retry = log::Retry::success;
  record.last_used_option = row.text("last_used_option_index");
  if (!record.last_used_option.starts_with("config")) record.last_used_option.clear();
}

// `metadata` as an object; older: two columns, of names and of values.
void set_metadata(const Row& row, log::LogRecord& record) {
  record.metadata = metadata_of(row.json("metadata"));
  const std::string names_text = row.json("metadata.key"), values_text = row.json("metadata.value");
  JsonReader names(names_text), values(values_text);
  if (names.next() == JsonToken::array_begin && values.next() == JsonToken::array_begin)
    while (names.next() == JsonToken::string && values.next() == JsonToken::string) {
      const std::string pair = "{" + std::string(names.token()) + ":" + std::string(values.token()) + "}";
      for (auto& one : metadata_of(pair)) record.metadata.push_back(std::move(one));
    }
  record.user = value_of(record.metadata, "_user");
  if (record.user.empty() && record.request) record.user = member_text(record.request->body, "user");
}

}  // namespace

Result<log::LogRecord> portkey_record(const Row& row) {
  const auto created = time_of(row.text("created_at"));
  if (!created) return Error{Errc::invalid, "its created_at is no time"};
  log::LogRecord record;
  record.created_at = *created;
  record.trace_id = row.text("trace_id");
  record.span_id = row.text("span_id");
  record.span_name = row.text("span_name");
  record.parent_span_id = row.text("parent_span_id");
  record.provider = provider_slug(row.text("ai_org"));
  record.model = row.text("ai_model");
  record.prompt_tokens = row.count("req_units");
  record.completion_tokens = row.count("res_units");
  record.total_tokens = row.count("total_units");
  if (const auto cents = row.real("cost"); cents && *cents >= 0)
    record.cost_usd = *cents / k_cents_per_dollar;
  record.latency_ms = std::max(0.0, row.real("response_time").value_or(0));
  record.config_id = row.text("config");
  record.prompt_id = row.text("prompt_slug");
  record.virtual_key = row.text("virtual_key");
  set_request(row, record);
  set_cache(row, record);
  set_outcome(row, record);
  set_routing(row, record);
  set_metadata(row, record);
  // Older exports have no ids: there the row itself is what names it.
  const std::string id = row.text("id");
  record.id = id_for(*created, "portkey", id.empty() ? row.whole() : id);
  complete(record);
  return record;
}

}  // namespace pk::imports
