// A record such as a served chat makes.
#pragma once

#include "log/record.h"

namespace pk::share {

inline log::LogRecord sample_record() {
  log::LogRecord record;
  record.created_at = 1'772'357'400'000;
  record.id = Uuid::lowest_of(record.created_at);
  record.trace_id = record.id.text();
  record.method = "POST";
  record.path = "/v1/chat/completions";
  record.endpoint = log::Endpoint::chat_completions;
  record.http_status = 200;
  record.ok = true;
  record.provider = "openai";
  record.model = "gpt-4o";
  record.last_used_option = "config";
  record.total_tokens = 1204;
  record.cost_usd = 0.0031;
  record.latency_ms = 40;
  record.gateway_ms = 2;
  record.upstream_ms = 38;
  record.tracked = true;
  record.attempts = {{"config", "openai", "gpt-4o", 200, "", 38, 0}};
  record.request = log::Content{{{"content-type", "application/json"}},
                                R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]})"};
  record.response = log::Content{{{"content-type", "application/json"}},
                                 R"({"choices":[{"message":{"role":"assistant","content":"Hi"}}]})"};
  return record;
}

}  // namespace pk::share
