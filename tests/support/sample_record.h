// Records such as a server makes.
#pragma once

#include <cstdint>
#include <string>

#include "base/ids.h"
#include "log/json.h"
#include "log/record.h"

namespace pk::test {

// An id of a given time; `n` tells ids of one millisecond apart, and orders them.
inline Uuid id_at(std::int64_t time_ms, std::uint64_t n = 0) {
  Uuid id = Uuid::lowest_of(time_ms);
  id.bytes[6] = 0x70;
  id.bytes[8] = 0x80;
  for (int i = 0; i < 6; ++i) id.bytes[10 + i] = static_cast<std::uint8_t>(n >> (40 - 8 * i));
  return id;
}

// A complete, tracked chat call of that time, with the id of both; its trace id is that id.
inline log::LogRecord sample_record(std::int64_t at_ms, std::uint64_t n) {
  log::LogRecord record;
  record.id = id_at(at_ms, n);
  record.created_at = at_ms;
  record.trace_id = record.id.text();
  record.method = "POST";
  record.path = "/v1/chat/completions";
  record.endpoint = log::Endpoint::chat_completions;
  record.http_status = 200;
  record.ok = true;
  record.provider = "openai";
  record.model = record.requested_model = "gpt-4o-mini";
  record.last_used_option = "config";
  record.prompt_tokens = 1000;
  record.completion_tokens = 204;
  record.total_tokens = 1204;
  record.cost_usd = 0.0031;
  record.latency_ms = 250.5;
  record.upstream_ms = 250;
  record.gateway_ms = 0.5;
  record.tracked = true;
  record.attempts = {{"config", "openai", "gpt-4o-mini", 200, "", 250, 0}};
  record.request = log::Content{{{"content-type", "application/json"}},
                                R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]})"};
  record.response = log::Content{{{"content-type", "application/json"}},
                                 R"({"choices":[{"message":{"role":"assistant","content":"Hi there"}}]})"};
  return record;
}

// All of a record, as pk logs show --json gives it.
inline std::string json_of(const log::LogRecord& record) {
  std::string json;
  log::append_json(json, record, log::FieldSet::all());
  return json;
}

}  // namespace pk::test
