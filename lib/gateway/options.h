// What a request's headers ask of the gateway: the x-portkey-* family and the provider's own auth headers,
// read once into a plain value. Pure. Source: ../../man/pk-api.7, REQUEST HEADERS.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/provider_options.h"
#include "http/message.h"

namespace pk::gateway {

constexpr std::size_t k_metadata_keys_max = 64;
constexpr std::size_t k_metadata_bytes_max = 1024;  // of one key or value; longer ones are cut
constexpr std::size_t k_trace_id_bytes_max = 1024;  // longer ones are cut
constexpr std::int64_t k_request_timeout_ms_max = 86'400'000;

struct CallOptions {
  std::string_view content_type;
  std::string_view own_key;  // an API key of pk itself: x-portkey-api-key, or Authorization or x-api-key pk-…
  std::string_view provider;     // x-portkey-provider; "" if none
  std::string_view virtual_key;  // x-portkey-virtual-key
  std::string_view config;       // x-portkey-config as sent; "" if none
  std::string_view custom_host;  // x-portkey-custom-host
  std::string_view trace_id, span_id, parent_span_id, span_name;
  bool traced = false;   // ids came from traceparent: the exchange is a span of its own in the caller's trace
  std::string_view key;  // of the provider: Authorization's bearer, else x-api-key; never one of ours
  std::optional<std::int64_t> request_timeout_ms;  // none: not asked for, or no positive number
  std::vector<std::string_view> forward_headers;   // names
  std::string_view cache_namespace;                // x-portkey-cache-namespace
  bool cache_refresh = false;          // true only for the literal `x-portkey-cache-force-refresh: true`
  std::string_view guardrails;         // name of a header that asks for them; "" if none
  std::string_view sensitive_headers;  // list as sent
  log::Metadata metadata;
  bool tracked = true;      // false only for the literal `x-portkey-debug: false`
  bool strict_off = false;  // true only for the literal `x-portkey-strict-open-ai-compliance: false`
  // x-portkey-azure-…, -aws-…, -vertex-… and their like, by the names of config/provider_options.h.
  config::ProviderOptions provider_options;
};

// Views point into `headers`.
CallOptions read_options(const http::Headers& headers);

// Whether a header's value ("pk-…", "Bearer pk-…") is an API key of pk itself, which never goes to a
// provider.
bool is_own_key(std::string_view value);

// A JSON object's members as text: strings as they are, other plain values as JSON writes them, objects and
// arrays left out. Anything but an object gives none.
log::Metadata read_metadata(std::string_view json);

}  // namespace pk::gateway
