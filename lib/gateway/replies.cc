#include "gateway/replies.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "gateway/hop_headers.h"
#include "http/failure.h"
#include "provider/errors.h"

namespace pk::gateway {

namespace {

// A miss by meaning says so: there was something to compare with.
std::string_view cache_word(const log::LogRecord& record) {
  switch (record.cache) {
    case log::Cache::disabled:
      return "DISABLED";
    case log::Cache::miss:
      return record.cache_verdict.empty() ? "MISS" : "SEMANTIC MISS";
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

// Whether a response's header says something of its body's bytes.
bool is_of_the_body(std::string_view name) {
  constexpr std::string_view k_names[] = {"content-type",  "content-encoding", "content-md5", "content-range",
                                          "accept-ranges", "content-digest",   "repr-digest", "digest",
                                          "etag",          "last-modified"};
  return std::any_of(std::begin(k_names), std::end(k_names),
                     [name](std::string_view one) { return iequals(one, name); });
}

// The members of Anthropic's error, behind what stands in `out` already. `status` gives its type.
void append_anthropic_error(std::string& out, int status, std::string_view message) {
  out.append(provider::messages_error_json(status, message, ""), 1);
}

}  // namespace

Refusal make_refusal(int status, std::string message, std::string type) {
  Refusal refusal;
  refusal.status = status;
  refusal.message = std::move(message);
  refusal.type = std::move(type);
  return refusal;
}

ErrorForm error_form(std::string_view path) {
  constexpr std::string_view k_messages = "/v1/messages";
  const bool below =
      path.starts_with(k_messages) && (path.size() == k_messages.size() || path[k_messages.size()] == '/');
  return below ? ErrorForm::anthropic : ErrorForm::openai;
}

std::string refusal_body(const Refusal& refusal, ErrorForm form) {
  if (form == ErrorForm::openai) return http::failure_json(refusal.message, refusal.type, refusal.errors);
  std::string out;
  http::append_failure_begin(out, refusal.message, refusal.errors);
  append_anthropic_error(out, refusal.status, refusal.message);
  return out;
}

std::string timeout_body(std::int64_t timeout_ms, ErrorForm form) {
  constexpr int k_gateway_timeout = 504;  // whose word at Anthropic's is timeout_error; 408 has none
  const std::string message =
      fmt::format("Request exceeded the timeout sent in the request: {}ms", timeout_ms);
  std::string out = "{";
  if (form == ErrorForm::anthropic) {
    append_anthropic_error(out, k_gateway_timeout, message);
    return out;
  }
  http::append_error_object(out, message, "timeout_error");
  out += '}';
  return out;
}

std::string not_found_body() {
  return R"({"message":"Not Found","ok":false})";
}

void append_gateway_headers(http::Headers& headers, const log::LogRecord& record) {
  headers.emplace_back("x-portkey-trace-id", record.trace_id);
  if (!record.provider.empty()) headers.emplace_back("x-portkey-provider", record.provider);
  headers.emplace_back("x-portkey-cache-status", cache_word(record));
  headers.emplace_back("x-portkey-retry-attempt-count", retry_count(record));
  headers.emplace_back("x-portkey-last-used-option-index", record.last_used_option);
  headers.emplace_back("x-pk-log-id", record.id.text());
}

Refusal unlogged_refusal() {
  return make_refusal(503, "the request was refused because it cannot be logged now; /health says why",
                      "log_unavailable");
}

http::Headers remade_response_headers(const http::Headers& upstream, std::string_view type) {
  http::Headers headers = passed_response_headers(upstream);
  std::erase_if(headers, [](const auto& header) { return is_of_the_body(header.first); });
  headers.emplace_back("content-type", type);
  return headers;
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
