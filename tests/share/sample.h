// A record such as a served chat makes.
#pragma once

#include "support/sample_record.h"

namespace pk::share {

inline log::LogRecord sample_record() {
  log::LogRecord record = test::sample_record(1'772'357'400'000, 0);
  record.model = "gpt-4o";
  record.latency_ms = 40;
  record.gateway_ms = 2;
  record.upstream_ms = 38;
  record.attempts = {{"config", "openai", "gpt-4o", 200, "", 38, 0}};
  record.request->body = R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]})";
  record.response->body = R"({"choices":[{"message":{"role":"assistant","content":"Hi"}}]})";
  return record;
}

}  // namespace pk::share
