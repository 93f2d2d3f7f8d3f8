#include "replay/request.h"

#include <algorithm>
#include <array>

#include "base/char_set.h"
#include "base/text.h"
#include "config/provider_options.h"
#include "gateway/hop_headers.h"
#include "gateway/options.h"
#include "log/secrets.h"

namespace pk::replay {

namespace {

constexpr std::array<std::string_view, 14> k_left_out = {
    "host",
    "content-length",
    "accept-encoding",
    "expect",
    "idempotency-key",
    "x-portkey-api-key",
    "x-portkey-debug",
    "x-portkey-trace-id",  // feedback hangs on the trace: the original's is not the replay's
    "x-portkey-span-id",
    "x-portkey-parent-span-id",
    "x-portkey-span-name",
    "traceparent",
    "tracestate",
    "cookie",
};

bool is_left_out(std::string_view name, const gateway::HopNames& hop) {
  return hop.has(name) || std::ranges::any_of(k_left_out, [name](auto own) { return iequals(name, own); });
}

// No client sends another; a file may have it.
bool is_name(std::string_view name) {
  return !name.empty() && k_token_chars.has_all(name);
}

bool is_key_header(std::string_view name) {
  return iequals(name, "authorization") || iequals(name, "x-api-key");
}

// "Bearer pk********789": a key of pk itself, masked.
bool is_own_masked(std::string_view value) {
  constexpr std::string_view k_scheme = "bearer ";
  if (istarts_with(value, k_scheme)) value = trim(value.substr(k_scheme.size()));
  return value.starts_with("pk") && log::is_masked(value.substr(2, 8));
}

bool is_fillable(std::string_view name) {
  constexpr std::string_view k_prefix = "x-portkey-";
  if (!istarts_with(name, k_prefix)) return false;
  const std::string rest = ascii_lower(name.substr(k_prefix.size()));
  return rest == "config" || rest == "metadata" || !config::provider_option_name(rest).empty();
}

bool is_forwarded(std::string_view name, const gateway::CallOptions& options) {
  return std::ranges::any_of(options.forward_headers, [name](auto one) { return iequals(one, name); });
}

}  // namespace

Resent resent(const log::LogRecord& record) {
  const log::Headers& logged = record.request->headers;
  const gateway::HopNames hop(logged);
  const gateway::CallOptions options = gateway::read_options(logged);
  Resent out;
  out.request.method = "POST";  // as all that can be replayed, whatever a file says; likewise without a query
  out.request.target = record.path.substr(0, record.path.find('?'));
  for (const auto& [name, value] : logged) {
    if (is_left_out(name, hop) || !is_name(name)) continue;
    if (is_key_header(name)) {
      out.had_key = out.had_key || (!value.empty() && !is_own_masked(value) && !gateway::is_own_key(value));
    } else if (!log::is_masked(value) || is_fillable(name)) {
      out.request.headers.emplace_back(name, value);
    } else if (is_forwarded(name, options)) {
      out.lost.push_back(name);
    }
  }
  return out;
}

}  // namespace pk::replay
