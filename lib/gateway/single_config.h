// The x-portkey-config of one target:
// {"provider","api_key","custom_host","request_timeout","forward_headers"}. Strategies, retries, caches and
// parameter edits are refused by name until the gateway has them: never taken and ignored. Pure. Texts:
// reference section 2.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/upstream_guard.h"
#include "gateway/replies.h"

namespace pk::gateway {

struct SingleConfig {
  std::string provider;
  std::string api_key;
  std::string custom_host;
  std::optional<std::int64_t> request_timeout_ms;
  std::vector<std::string> forward_headers;
};

// Fills `config`, or says what is wrong with `text`: every schema error at once. A provider that it names is
// one of provider::all().
std::optional<Refusal> read_config(std::string_view text, bool provider_header,
                                   const config::TrustedHosts& trusted, SingleConfig& config);

}  // namespace pk::gateway
