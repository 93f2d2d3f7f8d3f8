// Records such as a server makes.
#pragma once

#include <cstdint>
#include <string>

#include "log/json.h"
#include "log/record.h"

namespace pk::test {

// A complete, tracked chat call of that time. Its id is made of the time and `n`.
inline log::LogRecord sample_record(std::int64_t at_ms, unsigned n) {
  log::LogRecord record;
  record.id = Uuid::lowest_of(at_ms);
  record.id.bytes[6] = 0x70;
  record.id.bytes[8] = 0x80;
  for (int i = 0; i < 4; ++i) record.id.bytes[15 - i] = static_cast<std::uint8_t>(n >> (8 * i));
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
