#include "gateway/options.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/text.h"
#include "gateway/trace_context.h"

namespace pk::gateway {

namespace json = boost::json;

namespace {

constexpr std::string_view k_own_key_prefix = "pk-";  // an API key of pk itself is never a provider's key

std::string cut(std::string_view text) {
  return std::string(text.substr(0, k_metadata_bytes_max));
}

std::string_view bearer(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  return istarts_with(authorization, scheme) ? trim(authorization.substr(scheme.size()))
                                             : trim(authorization);
}

void read_portkey_header(CallOptions& options, std::string_view name, std::string_view value) {
  if (iequals(name, "provider"))
    options.provider = trim(value);
  else if (iequals(name, "config"))
    options.config = trim(value);
  else if (iequals(name, "custom-host"))
    options.custom_host = trim(value);
  else if (iequals(name, "trace-id"))
    options.trace_id = trim(value).substr(0, k_trace_id_bytes_max);
  else if (iequals(name, "span-id"))
    options.span_id = trim(value);
  else if (iequals(name, "parent-span-id"))
    options.parent_span_id = trim(value);
  else if (iequals(name, "span-name"))
    options.span_name = trim(value);
  else if (iequals(name, "metadata"))
    options.metadata = read_metadata(value);
  else if (iequals(name, "forward-headers"))
    options.forward_headers = split_list(value);
  else if (iequals(name, "sensitive-headers"))
    options.sensitive_headers = value;
  else if (iequals(name, "debug"))
    options.tracked = trim(value) != "false";
  else if (iequals(name, "request-timeout")) {
    const auto ms = parse_int(trim(value));
    if (ms && *ms > 0 && *ms <= k_request_timeout_ms_max) options.request_timeout_ms = ms;
  }
}

// What the request says by its own headers wins over what its tracing library adds.
void add_trace_context(CallOptions& options, std::string_view traceparent, std::string_view baggage) {
  if (const auto parent = traceparent.empty() ? std::nullopt : read_traceparent(traceparent)) {
    options.traced = options.trace_id.empty();
    if (options.trace_id.empty()) options.trace_id = parent->trace_id;
    if (options.parent_span_id.empty()) options.parent_span_id = parent->parent_id;
  }
  if (!baggage.empty()) append_baggage(baggage, options.metadata);
}

}  // namespace

CallOptions read_options(const http::Headers& headers) {
  constexpr std::string_view prefix = "x-portkey-";
  CallOptions options;
  std::string_view api_key, traceparent, baggage;
  for (const auto& [name, value] : headers) {
    if (istarts_with(name, prefix))
      read_portkey_header(options, std::string_view(name).substr(prefix.size()), value);
    else if (iequals(name, "authorization"))
      options.key = bearer(value);
    else if (iequals(name, "x-api-key"))
      api_key = trim(value);
    else if (iequals(name, "content-type"))
      options.content_type = trim(value);
    else if (iequals(name, "traceparent"))
      traceparent = value;
    else if (iequals(name, "baggage"))
      baggage = value;
  }
  if (options.key.starts_with(k_own_key_prefix)) options.key = {};
  if (options.key.empty() && !api_key.starts_with(k_own_key_prefix)) options.key = api_key;
  add_trace_context(options, traceparent, baggage);
  return options;
}

log::Metadata read_metadata(std::string_view text) {
  boost::system::error_code error;
  const json::value value = json::parse({text.data(), text.size()}, error);
  log::Metadata metadata;
  if (error || !value.is_object()) return metadata;
  for (const auto& [key, member] : value.get_object()) {
    if (metadata.size() == k_metadata_keys_max) break;
    const std::string_view name(key.data(), key.size());
    if (const auto* string = member.if_string())
      metadata.emplace_back(cut(name), cut({string->data(), string->size()}));
    else if (member.is_primitive() && !member.is_null())
      metadata.emplace_back(cut(name), cut(json::serialize(member)));
  }
  return metadata;
}

}  // namespace pk::gateway
