#include "gateway/replies.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "gateway/hop_headers.h"

namespace pk::gateway {

namespace {

std::string_view cache_word(log::Cache cache) {
  switch (cache) {
    case log::Cache::disabled:
      return "DISABLED";
    case log::Cache::miss:
      return "MISS";
    case log::Cache::refreshed:
      return "REFRESH";
    case log::Cache::hit:
      return "HIT";
    case log::Cache::semantic_hit:
      return "SEMANTIC HIT";
  }
  return "DISABLED";
}

// 0: first try; n: success on the nth retry; -1: retries used up (reference 1.3).
std::string retry_count(const log::LogRecord& record) {
  if (record.retry == log::Retry::failed) return "-1";
  return std::to_string(record.retry == log::Retry::success ? record.retry_attempts : 0);
}

bool is_ours(std::string_view name) {
  return istarts_with(name, "x-pk-") || iequals(name, "x-portkey-trace-id") ||
         iequals(name, "x-portkey-provider") || iequals(name, "x-portkey-cache-status") ||
         iequals(name, "x-portkey-retry-attempt-count") || iequals(name, "x-portkey-last-used-option-index");
}

void append_error_object(std::string& out, std::string_view message, std::string_view type) {
  out.append("\"error\":{\"message\":");
  append_json_string(out, message);
  out.append(",\"type\":");
  append_json_string(out, type);
  out.append(",\"param\":null,\"code\":null}");
}

}  // namespace

std::string refusal_body(const Refusal& refusal) {
  std::string out = "{\"status\":\"failure\",\"message\":";
  append_json_string(out, refusal.message);
  if (!refusal.errors.empty()) {
    out.append(",\"errors\":[");
    for (const std::string& error : refusal.errors) {
      if (out.back() != '[') out += ',';
      append_json_string(out, error);
    }
    out += ']';
  }
  out += ',';
  append_error_object(out, refusal.message, refusal.type);
  out += '}';
  return out;
}

std::string timeout_body(std::int64_t timeout_ms) {
  std::string out = "{";
  append_error_object(out, fmt::format("Request exceeded the timeout sent in the request: {}ms", timeout_ms),
                      "timeout_error");
  out += '}';
  return out;
}

std::string not_found_body() {
  return R"({"message":"Not Found","ok":false})";
}

void append_gateway_headers(http::Headers& headers, const log::LogRecord& record) {
  headers.emplace_back("x-portkey-trace-id", record.trace_id);
  if (!record.provider.empty()) headers.emplace_back("x-portkey-provider", record.provider);
  headers.emplace_back("x-portkey-cache-status", cache_word(record.cache));
  headers.emplace_back("x-portkey-retry-attempt-count", retry_count(record));
  headers.emplace_back("x-portkey-last-used-option-index", record.last_used_option);
  headers.emplace_back("x-pk-log-id", record.id.text());
}

http::Headers passed_response_headers(const http::Headers& upstream) {
  http::Headers passed;
  passed.reserve(upstream.size() + 8);
  const HopNames hop(upstream);
  for (const auto& header : upstream)
    if (!hop.has(header.first) && !iequals(header.first, "content-length") && !is_ours(header.first))
      passed.push_back(header);
  return passed;
}

}  // namespace pk::gateway
