// LiteLLM's table LiteLLM_SpendLogs, as its API and `\copy … CSV HEADER` give it.
// https://github.com/BerriAI/litellm/blob/main/schema.prisma
#include <algorithm>

#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "imports/form.h"
#include "imports/values.h"

namespace pk::imports {

namespace {

log::Endpoint endpoint_of_call(std::string_view type) {
  if (type.starts_with('a') && type != "anthropic_messages") type.remove_prefix(1);  // the async ones
  if (type == "completion") return log::Endpoint::chat_completions;
  if (type == "text_completion") return log::Endpoint::completions;
  if (type == "embedding") return log::Endpoint::embeddings;
  if (type == "anthropic_messages") return log::Endpoint::messages;
  if (type == "responses") return log::Endpoint::responses;
  return log::Endpoint::other;
}

bool is_empty(std::string_view json) {
  return json.empty() || json == "{}" || json == "[]" || json == "\"\"";
}

// The body that was sent, where it was kept, else what can be made of the messages.
std::string request_body(const Row& row, const log::LogRecord& record) {
  std::string sent = row.json("proxy_server_request");
  if (const std::string body = member(sent, "body"); !body.empty()) sent = body;
  if (!is_empty(sent)) return sent;
  const std::string messages = row.json("messages");
  if (is_empty(messages)) return {};
  const std::string_view name = record.endpoint == log::Endpoint::embeddings ? "input" : "messages";
  return "{\"model\":" + json_string(record.model) + ",\"" + std::string(name) + "\":" + messages + "}";
}

void set_contents(const Row& row, log::LogRecord& record) {
  const log::Headers json = {{"content-type", "application/json"}};
  if (std::string body = request_body(row, record); !body.empty()) {
    record.stream = is_true(member(body, "stream"));
    record.request = log::Content{json, std::move(body)};
  }
  if (std::string body = row.json("response"); !is_empty(body))
    record.response = log::Content{json, std::move(body)};
}

void set_outcome(const Row& row, log::LogRecord& record, std::string_view metadata) {
  std::string status = row.text("status");
  if (status.empty()) status = member_text(metadata, "status");
  record.ok = status != "failure";
  if (record.ok) {
    record.http_status = 200;
    return;
  }
  const std::string error = member(metadata, "error_information");
  if (const auto code = parse_int(member_text(error, "error_code")); code && *code >= 100 && *code < 600)
    record.http_status = *code;
  record.error = member_text(error, "error_message");
  if (record.error.empty()) record.error = member_text(error, "error_class");
  if (record.error.empty()) record.error = "failure";
}

void set_cache(const Row& row, log::LogRecord& record) {
  const std::string key = row.text("cache_key");
  if (is_true(row.text("cache_hit")))
    record.cache = log::Cache::hit;
  else if (!key.empty() && !iequals(key, "Cache OFF"))
    record.cache = log::Cache::miss;
}

void set_times(const Row& row, log::LogRecord& record) {
  const auto end = time_of(row.text("endTime"));
  const auto first = time_of(row.text("completionStartTime"));
  const std::int64_t begin = record.created_at;
  if (end && *end >= begin) record.latency_ms = static_cast<double>(*end - begin);
  if (record.stream && first && *first >= begin) record.ttft_ms = static_cast<double>(*first - begin);
}

std::string joined(std::string_view array) {
  std::string text;
  JsonReader reader(array);
  if (reader.next() != JsonToken::array_begin) return text;
  while (reader.next() == JsonToken::string)
    text.append(text.empty() ? "" : ",").append(json_unquoted(reader.token()));
  return text;
}

void set_metadata(const Row& row, log::LogRecord& record, std::string_view metadata) {
  record.metadata = metadata_of(metadata);
  // What a caller gave along for its spend logs.
  for (auto& pair : metadata_of(member(metadata, "spend_logs_metadata")))
    record.metadata.push_back(std::move(pair));
  const auto note = [&](std::string_view name, std::string value) {
    if (!value.empty()) record.metadata.emplace_back(name, std::move(value));
  };
  note("tags", joined(row.json("request_tags")));
  const std::string end_user = row.text("end_user");
  record.user = row.text("user");
  if (record.user.empty())
    record.user = end_user;
  else
    note("end_user", end_user);
}

}  // namespace

Result<log::LogRecord> litellm_record(const Row& row) {
  const auto begin = time_of(row.text("startTime"));
  if (!begin) return Error{Errc::invalid, "its startTime is no time"};
  log::LogRecord record;
  record.created_at = *begin;
  record.id = id_for(*begin, "litellm", row.text("request_id"));
  record.trace_id = row.text("session_id");
  record.endpoint = endpoint_of_call(row.text("call_type"));
  record.provider = provider_slug(row.text("custom_llm_provider"));
  record.model = row.text("model");
  // "openai/gpt-4o" says the provider twice.
  if (const std::string prefix = row.text("custom_llm_provider") + "/";
      prefix.size() > 1 && record.model.starts_with(prefix))
    record.model.erase(0, prefix.size());
  record.prompt_tokens = row.count("prompt_tokens");
  record.completion_tokens = row.count("completion_tokens");
  record.total_tokens = row.count("total_tokens");
  if (const auto spend = row.real("spend"); spend && *spend >= 0) record.cost_usd = spend;
  const std::string metadata = row.json("metadata");
  set_outcome(row, record, metadata);
  set_cache(row, record);
  set_contents(row, record);
  set_times(row, record);
  set_metadata(row, record, metadata);
  complete(record);
  return record;
}

}  // namespace pk::imports
