// A gateway config: what `x-portkey-config` and saved configs say, checked and inherited, as a plain value.
// Schema, inheritance and texts: the reference, sections 2.1 to 2.3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/secret.h"
#include "config/upstream_guard.h"

namespace pk::config {

inline constexpr std::size_t k_config_bytes_max = 256 * 1024;
inline constexpr std::size_t k_config_depth_max = 8;      // targets within targets
inline constexpr std::size_t k_config_targets_max = 256;  // leaves in all
inline constexpr int k_retry_attempts_max = 5;

// Top-level members of a body, in order: name and the value's JSON text.
using BodyMembers = std::vector<std::pair<std::string, std::string>>;

// How a body is changed before it goes out, in this order: default, override, drop.
struct BodyEdits {
  BodyMembers default_params;            // only where the body has no such member
  BodyMembers override_params;
  std::vector<std::string> drop_params;  // paths: `a.b`, `a[0].b`, `a[*].b`
  bool empty() const { return default_params.empty() && override_params.empty() && drop_params.empty(); }
  bool operator==(const BodyEdits&) const = default;
};

struct Retry {
  int attempts = 0;                                    // after the first call; 1 to k_retry_attempts_max
  std::optional<std::vector<int>> on_status_codes;     // none: 429, 500, 502, 503, 504, 529
  bool use_retry_after = false;
  bool operator==(const Retry&) const = default;
};

struct CacheRule {
  enum class Mode : std::uint8_t { simple, semantic } mode = Mode::simple;
  std::optional<std::int64_t> max_age_s;
  bool operator==(const CacheRule&) const = default;
};

// Circuit breaker (reference 3.5).
struct Breaker {
  std::optional<int> failure_threshold;
  std::optional<double> failure_threshold_percentage;
  int minimum_requests = 0;
  std::int64_t cooldown_ms = 30'000;
  std::vector<int> failure_status_codes;  // empty: 500 and above
  bool operator==(const Breaker&) const = default;
};

struct Sticky {
  std::vector<std::string> hash_fields;  // "metadata.user_id", …
  std::int64_t ttl_s = 3600;
  bool operator==(const Sticky&) const = default;
};

enum class Mode : std::uint8_t { single, loadbalance, fallback, conditional };

// A condition's query, as the tree that route/conditional.h walks.
struct Query {
  enum class Op : std::uint8_t { all_of, any_of, eq, ne, gt, gte, lt, lte, in, nin, regex };
  Op op = Op::all_of;
  std::string key;                 // "metadata.x", "params.x", "url.pathname"; "" of all_of and any_of
  std::vector<std::string> values;  // JSON text of the operand, or of each element of in and nin
  std::vector<Query> children;     // of all_of and any_of
  bool operator==(const Query&) const = default;
};

struct Condition {
  Query query;
  std::string then;  // a target's name
  bool operator==(const Condition&) const = default;
};

// Settings that a target takes from the objects around it where it has none of its own (reference 2.2):
// already inherited in every Node.
struct Inherited {
  BodyEdits edits;
  std::optional<Retry> retry;
  std::optional<CacheRule> cache;
  std::optional<std::int64_t> request_timeout_ms;
  std::string custom_host;
  std::vector<std::string> forward_headers;
  std::optional<bool> strict_open_ai_compliance;
  bool operator==(const Inherited&) const = default;
};

// One object of a config: a strategy over targets, or a target.
struct Node {
  std::string path;  // "config", "config.targets[0].targets[2]"
  std::string name;
  double weight = 1;

  // A strategy; `targets` is empty for a target.
  Mode mode = Mode::single;
  std::vector<Node> targets;
  std::optional<std::vector<int>> on_status_codes;  // of a fallback; none: any status outside 200 to 299
  std::vector<Condition> conditions;
  std::string default_target;  // of a conditional
  std::optional<Breaker> breaker;
  std::optional<Sticky> sticky;

  // A target.
  std::string provider;     // slug, or "@name" of a virtual key; "" where the request is to say it
  Secret api_key;
  std::string virtual_key;  // id or name
  bool passthrough = false;
  std::string prompt_id;
  std::vector<std::pair<std::string, std::string>> options;  // azure_*, aws_*, vertex_*, openai_*, anthropic_*

  Inherited inherited;

  bool is_target() const { return targets.empty(); }
  bool operator==(const Node&) const = default;
};

struct GatewayConfig {
  Node root;
  bool operator==(const GatewayConfig&) const = default;
};

// What a config is checked against.
struct ConfigRules {
  // Whether a slug is a provider's, and whether a config of that provider needs a key.
  struct Provider {
    std::string_view slug;
    bool needs_key = true;
  };
  std::span<const Provider> providers;  // sorted by slug
  const TrustedHosts& trusted_hosts;
  bool provider_in_request = false;     // x-portkey-provider is there
};

// Why a config is refused: HTTP 400 with these.
struct ConfigProblem {
  std::string message;              // "Invalid config passed"
  std::vector<std::string> errors;  // "path: strategy,mode, message: …", all at once
};

// The config of a JSON text, inherited and ready to route by; or why not. The checks 5 to 8 of the
// reference's 2.3, in that order.
struct ParsedConfig {
  GatewayConfig config;
  std::optional<ConfigProblem> problem;
};
ParsedConfig parse_gateway_config(std::string_view json, const ConfigRules& rules);

}  // namespace pk::config
