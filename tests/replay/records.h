// Log records to replay, as a gateway would have written them.
#pragma once

#include <string>
#include <utility>

#include "base/ids.h"
#include "log/record.h"

namespace pk::test {

inline log::LogRecord chat_record(log::Headers headers = {},
                                  std::string body = R"({"model":"gpt-4o","n":1})") {
  log::LogRecord record;
  record.id = *Uuid::parse("01890a5d-ac96-774b-bcce-b302099a8057");
  record.method = "POST";
  record.path = "/v1/chat/completions";
  record.endpoint = log::Endpoint::chat_completions;
  record.provider = "openai";
  record.model = record.requested_model = "gpt-4o";
  record.http_status = 200;
  record.ok = record.tracked = true;
  record.latency_ms = 100;
  record.request = log::Content{std::move(headers), std::move(body)};
  return record;
}

inline log::Content answered(std::string text) {
  return {{{"content-type", "application/json"}},
          R"({"choices":[{"message":{"role":"assistant","content":")" + std::move(text) + R"("}}]})"};
}

}  // namespace pk::test
