// From what a request asks to what will be sent: the validation of the reference (section 2.3, in its order)
// and the upstream request. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/upstream_guard.h"
#include "gateway/options.h"
#include "gateway/replies.h"
#include "provider/body.h"
#include "provider/table.h"

namespace pk::gateway {

// The operator's part in the plan; one value, made at start.
struct PlanRules {
  config::TrustedHosts trusted_hosts;
  std::string default_provider;  // for clients that name none; "" = they are refused
};

struct CallPlan {
  const provider::Provider* provider = nullptr;
  std::string key;
  std::string custom_host;
  std::optional<std::int64_t> request_timeout_ms;
  std::vector<std::string> forward_headers;
};

// Checks 1 to 9 of the reference. The refusal's message is the reference's.
std::optional<Refusal> plan_call(const CallOptions& options, log::Endpoint endpoint, const PlanRules& rules,
                                 CallPlan& plan);

// What goes upstream for a planned call, but for its body.
struct Outbound {
  std::string url;
  http::Headers headers;
  config::Trust trust = config::Trust::none;
};
std::optional<Refusal> outbound(const CallPlan& plan, const http::Request& request, log::Endpoint endpoint,
                                const provider::BodyFacts& facts, const PlanRules& rules, Outbound& out);

}  // namespace pk::gateway
