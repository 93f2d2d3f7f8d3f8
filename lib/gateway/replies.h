// The gateway's own answers, and the headers that every answer of a gateway route carries. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "log/record.h"

namespace pk::gateway {

// An answer that the gateway gives by itself, instead of a provider's.
struct Refusal {
  int status = 400;
  std::string message;  // what was wrong; also the record's `error`
  std::string type = "invalid_request_error";
  std::vector<std::string> errors;  // of a config: every schema error
  bool counted_only = false;        // no record: 401, 403, a bad Host
  bool gateway_exception = false;   // the reference's x-portkey-gateway-exception: true
};

Refusal make_refusal(int status, std::string message, std::string type);

// Whose clients are to understand the error object: on /v1/messages and below it Anthropic's.
enum class ErrorForm : std::uint8_t { openai, anthropic };
ErrorForm error_form(std::string_view path);

// {"status":"failure","message":…,"errors":[…],"error":{"message","type","param","code"}}: Portkey's shape,
// and beside it OpenAI's, so that OpenAI clients show the reason; or Anthropic's,
// "type":"error","error":{"type","message"}.
std::string refusal_body(const Refusal& refusal, ErrorForm form);
// The reference's 408 (section 3.6), which has the error object alone.
std::string timeout_body(std::int64_t timeout_ms, ErrorForm form);
// {"message":"Not Found","ok":false}
std::string not_found_body();

// x-portkey-trace-id, -provider, -cache-status, -retry-attempt-count, -last-used-option-index and
// x-pk-log-id.
void append_gateway_headers(http::Headers& headers, const log::LogRecord& record);

// What of an upstream's response headers goes to the client: all but framing, connection and those that are
// ours to set.
http::Headers passed_response_headers(const http::Headers& upstream);
// The same for a body of our own in place of the upstream's: without what describes that one (type, coding,
// digests, tags, ranges), and with the type of this one.
http::Headers remade_response_headers(const http::Headers& upstream, std::string_view type);

// Of --on-log-failure refuse: 503.
Refusal unlogged_refusal();

}  // namespace pk::gateway
