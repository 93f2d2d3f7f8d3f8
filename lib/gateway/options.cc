#include "gateway/options.h"

#include <algorithm>
#include <utility>

#include "base/json_reader.h"
#include "base/text.h"
#include "gateway/trace_context.h"
#include "provider/json_walk.h"

namespace pk::gateway {

namespace {

constexpr std::string_view k_own_key_prefix = "pk-";

std::string cut(std::string_view text) {
  return std::string(utf8_front(text, k_metadata_bytes_max));
}

std::string_view bearer(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer";
  const std::string_view value = trim(authorization);
  const bool named = istarts_with(value, scheme) && value.size() > scheme.size() &&
                     (value[scheme.size()] == ' ' || value[scheme.size()] == '\t');
  return named ? trim(value.substr(scheme.size())) : value;
}

void set(log::Metadata& metadata, std::string key, std::string value) {
  const auto same = [&](const auto& pair) { return pair.first == key; };
  const auto found = std::find_if(metadata.begin(), metadata.end(), same);
  if (found != metadata.end())
    found->second = std::move(value);
  else if (metadata.size() < k_metadata_keys_max)
    metadata.emplace_back(std::move(key), std::move(value));
}

void read_portkey_header(CallOptions& options, std::string_view name, std::string_view value) {
  if (iequals(name, "provider"))
    options.provider = trim(value);
  else if (iequals(name, "config"))
    options.config = trim(value);
  else if (iequals(name, "custom-host"))
    options.custom_host = trim(value);
  else if (iequals(name, "trace-id"))
    options.trace_id = utf8_front(trim(value), k_trace_id_bytes_max);
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
  else if (iequals(name, "cache-namespace"))
    options.cache_namespace = trim(value);
  else if (iequals(name, "cache-force-refresh"))
    options.cache_refresh = trim(value) == "true";
  else if (iequals(name, "virtual-key"))
    options.virtual_key = trim(value);
  else if (iequals(name, "api-key"))
    options.own_key = bearer(value);
  else if (iequals(name, "strict-open-ai-compliance"))
    options.strict_off = trim(value) == "false";
  else if (iequals(name, "request-timeout")) {
    const auto ms = parse_int(trim(value));
    if (ms && *ms > 0 && *ms <= k_request_timeout_ms_max) options.request_timeout_ms = ms;
  } else if (iequals(name, "default-input-guardrails") || iequals(name, "default-output-guardrails")) {
    options.guardrails = name;
  } else if (std::string option = config::provider_option_name(ascii_lower(name)); !option.empty()) {
    options.provider_options.emplace_back(std::move(option), trim(value));
  }
}

// A key of ours where a provider's usually stands.
void take_own_key(CallOptions& options, std::string_view& key) {
  if (!is_own_key(key)) return;
  const std::string_view own = bearer(std::exchange(key, {}));
  if (options.own_key.empty()) options.own_key = own;
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
  take_own_key(options, options.key);
  take_own_key(options, api_key);
  if (options.key.empty()) options.key = api_key;
  add_trace_context(options, traceparent, baggage);
  return options;
}

bool is_own_key(std::string_view value) {
  return bearer(value).starts_with(k_own_key_prefix);
}

log::Metadata read_metadata(std::string_view text) {
  log::Metadata metadata;
  JsonReader reader(text);
  if (reader.next() != JsonToken::object_begin) return {};
  provider::walk_members(reader, [&](std::string_view key, JsonToken token) {
    // Numbers stay the text they are.
    if (token == JsonToken::string)
      set(metadata, cut(json_unquoted(key)), cut(json_unquoted(reader.token())));
    else if (token == JsonToken::number || token == JsonToken::truth)
      set(metadata, cut(json_unquoted(key)), cut(reader.token()));
  });
  if (reader.next() != JsonToken::end) return {};
  return metadata;
}

}  // namespace pk::gateway
