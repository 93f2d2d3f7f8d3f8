// What a route of the control plane answers, as a value. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace pk::admin {

inline constexpr std::string_view k_json = "application/json";
inline constexpr std::string_view k_json_lines = "application/jsonl";
inline constexpr std::string_view k_event_stream = "text/event-stream";
inline constexpr std::string_view k_html = "text/html; charset=utf-8";

struct Reply {
  int status = 200;
  std::string body = {};
  std::string_view type = k_json;
  http::Headers headers = {};  // beside Content-Type and those of reply_head()
};

Reply json_reply(std::string body);
// In the shape of http/failure.h. `type` is OpenAI's word for it: "invalid_request_error" …
Reply failure(int status, std::string_view message, std::string_view type);
// 400 invalid, 404 not_found, 409 unauthorized (a rule of the ledger), 507 limit, 503 io, 500 corrupt …
Reply failure(const Error& error);
Reply not_found(std::string_view message);
Reply bad_request(std::string_view message);

// With what every answer carries: the type, nosniff, and no-store unless the reply says how long it may be
// kept. Without a length: the caller sets it where it is known.
http::ResponseHead reply_head(const Reply& reply);

}  // namespace pk::admin
