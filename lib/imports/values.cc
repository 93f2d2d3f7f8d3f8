#include "imports/values.h"

#include <xxhash.h>

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "base/time_text.h"
#include "log/redact.h"

namespace pk::imports {

namespace {

constexpr double k_seconds_below = 1e11;  // what is larger is milliseconds: seconds of it are the year 5138
constexpr double k_time_ms_max = 253'402'300'799'999;  // RFC 3339 ends with the year 9999, ids a little later
constexpr std::size_t k_date_chars = 10;

struct Named {
  std::string_view name;
  std::string_view here;
};

// https://docs.litellm.ai/docs/providers
constexpr Named k_providers[] = {{"azure", "azure-openai"},
                                 {"azure_ai", "azure-ai"},
                                 {"azure-open-ai", "azure-openai"},
                                 {"vertex_ai", "vertex-ai"},
                                 {"vertex_ai_beta", "vertex-ai"},
                                 {"gemini", "google"},
                                 {"mistral", "mistral-ai"},
                                 {"together_ai", "together-ai"},
                                 {"fireworks_ai", "fireworks-ai"},
                                 {"perplexity", "perplexity-ai"},
                                 {"xai", "x-ai"},
                                 {"cohere_chat", "cohere"},
                                 {"nvidia_nim", "nvidia"},
                                 {"text-completion-openai", "openai"},
                                 {"novita", "novita-ai"},
                                 {"deep_infra", "deepinfra"},
                                 {"ollama_chat", "ollama"}};

struct Path {
  std::string_view end;
  log::Endpoint endpoint;
};
// Longer ones first: each ends with a shorter one.
constexpr Path k_paths[] = {{"/chat/completions", log::Endpoint::chat_completions},
                            {"/completions", log::Endpoint::completions},
                            {"/embeddings", log::Endpoint::embeddings},
                            {"/messages", log::Endpoint::messages},
                            {"/responses", log::Endpoint::responses}};

// Calls visit(name, first token, value's text) for each member; nothing if it is no object.
template <class Visit>
void each_member(std::string_view json, const Visit& visit) {
  JsonReader reader(json);
  if (reader.next() != JsonToken::object_begin) return;
  std::string_view key;
  for (JsonToken token = reader.next_member(key); token != JsonToken::object_end && token != JsonToken::error;
       token = reader.next_member(key)) {
    const bool opens = token == JsonToken::object_begin || token == JsonToken::array_begin;
    visit(json_unquoted(key), token, opens ? reader.take_value() : reader.token());
  }
}

std::string plain(std::string_view json) {
  return json.starts_with('"') ? json_unquoted(json) : std::string(json);
}

// [{"key":"a","value":"b"}, …]
void append_pairs(log::Metadata& metadata, std::string_view json) {
  JsonReader reader(json);
  if (reader.next() != JsonToken::array_begin) return;
  while (reader.next() == JsonToken::object_begin) {
    const std::string pair(reader.take_value());
    const std::string name = member_text(pair, "key");
    if (name.empty()) continue;
    const log::Metadata one =
        metadata_of("{" + json_string(name) + ":" + json_string(member_text(pair, "value")) + "}");
    metadata.insert(metadata.end(), one.begin(), one.end());
  }
}

log::ReplayBlock block_of(const log::LogRecord& record) {
  switch (record.endpoint) {
    case log::Endpoint::chat_completions:
    case log::Endpoint::completions:
    case log::Endpoint::embeddings:
      return record.request && !record.request->body.empty() ? log::ReplayBlock::none
                                                             : log::ReplayBlock::no_content;
    default:
      return log::ReplayBlock::endpoint;
  }
}

}  // namespace

std::optional<std::int64_t> time_of(std::string_view text) {
  text = trim(text);
  if (const auto number = parse_real(text)) {
    const double ms = *number < k_seconds_below ? *number * 1000 : *number;
    if (ms < 0 || ms > k_time_ms_max) return {};
    return static_cast<std::int64_t>(std::llround(ms));
  }
  if (text.size() <= k_date_chars) return parse_rfc3339(text);
  const std::size_t sign = text.find_first_of("+-Zz", k_date_chars);
  std::string whole(text);
  if (sign == std::string_view::npos) whole += 'Z';
  if (sign != std::string_view::npos && text.size() == sign + 3) whole += ":00";  // as PostgreSQL writes it
  return parse_rfc3339(whole);
}

bool is_true(std::string_view text) {
  text = trim(text);
  return iequals(text, "true") || text == "1" || iequals(text, "yes") || iequals(text, "t");
}

std::string member(std::string_view json, std::string_view name) {
  std::string found;
  each_member(json, [&](const std::string& key, JsonToken token, std::string_view value) {
    if (key == name) found = token == JsonToken::null ? std::string_view() : value;
  });
  return found;
}

std::string member_text(std::string_view json, std::string_view name) {
  return plain(member(json, name));
}

log::Metadata metadata_of(std::string_view json) {
  log::Metadata metadata;
  if (json.starts_with('[')) {
    append_pairs(metadata, json);
    return metadata;
  }
  const std::string masked = json.empty() ? std::string() : log::redact_json(json);
  each_member(masked, [&](const std::string& name, JsonToken token, std::string_view value) {
    const bool scalar = token == JsonToken::string || token == JsonToken::number || token == JsonToken::truth;
    if (scalar && value != "\"\"") metadata.emplace_back(name, plain(value));
  });
  return metadata;
}

std::string value_of(const log::Metadata& metadata, std::string_view name) {
  const auto at = std::ranges::find(metadata, name, &log::Metadata::value_type::first);
  return at == metadata.end() ? std::string() : at->second;
}

log::Headers headers_of(std::string_view json) {
  log::Headers headers;
  each_member(json, [&](const std::string& name, JsonToken token, std::string_view value) {
    if (token != JsonToken::null) headers.emplace_back(name, plain(value));
  });
  return log::redact_headers(std::move(headers));
}

log::Endpoint endpoint_of_path(std::string_view path) {
  for (const Path& known : k_paths)
    if (path.ends_with(known.end)) return known.endpoint;
  return log::Endpoint::other;
}

std::string_view path_of(log::Endpoint endpoint) {
  switch (endpoint) {
    case log::Endpoint::chat_completions:
      return "/v1/chat/completions";
    case log::Endpoint::completions:
      return "/v1/completions";
    case log::Endpoint::embeddings:
      return "/v1/embeddings";
    case log::Endpoint::messages:
      return "/v1/messages";
    case log::Endpoint::responses:
      return "/v1/responses";
    case log::Endpoint::other:
      break;
  }
  return "/";
}

std::string url_path(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
    const std::size_t path = url.find('/', scheme + 3);
    url = path == std::string_view::npos ? std::string_view() : url.substr(path);
  }
  url = url.substr(0, url.find_first_of("?#"));
  return url.starts_with('/') ? std::string(url) : std::string();
}

std::string provider_slug(std::string_view name) {
  const std::string lower = ascii_lower(trim(name));
  const auto at = std::ranges::find(k_providers, std::string_view(lower), &Named::name);
  return at == std::end(k_providers) ? lower : std::string(at->here);
}

Uuid id_for(std::int64_t time_ms, std::string_view form, std::string_view name) {
  Uuid id = Uuid::lowest_of(time_ms);
  std::string text(form);
  text.append(1, '\0').append(name);
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  for (std::size_t i = 0; i < 8; ++i) id.bytes[8 + i] = static_cast<std::uint8_t>(hash.low64 >> (8 * i));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (hash.high64 & 0x0f));  // version 7
  id.bytes[7] = static_cast<std::uint8_t>(hash.high64 >> 8);
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));  // RFC 9562's variant
  return id;
}

void complete(log::LogRecord& record) {
  if (record.trace_id.empty()) record.trace_id = record.id.text();
  if (record.path.empty()) record.path = path_of(record.endpoint);
  if (record.method.empty()) record.method = "POST";
  if (record.requested_model.empty()) record.requested_model = record.model;
  if (record.last_used_option.empty()) record.last_used_option = "config";
  if (!record.total_tokens && record.prompt_tokens && record.completion_tokens)
    record.total_tokens = *record.prompt_tokens + *record.completion_tokens;
  record.state = log::State::complete;
  record.tracked = true;
  record.upstream_ms = record.latency_ms;
  record.error = log::redact_urls(std::move(record.error));
  record.replay_blocked_by = block_of(record);
  const bool hit = record.cache == log::Cache::hit || record.cache == log::Cache::semantic_hit;
  if (hit || record.provider.empty()) return;
  record.attempts = {{record.last_used_option, record.provider, record.model, record.http_status,
                      record.error, record.latency_ms, 0}};
}

}  // namespace pk::imports
