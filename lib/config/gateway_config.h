// A gateway config: what `x-portkey-config` and saved configs say, checked and inherited, as a plain value.
// Schema, inheritance and texts: the reference, sections 2.1 to 2.3. Pure.
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
// What a parent says is copied to each leaf below it: without this, 256 kB of text could become 64 MB.
inline constexpr std::size_t k_inherited_bytes_max = 4 * 1024 * 1024;
inline constexpr std::size_t k_config_errors_max = 64;  // told at once
inline constexpr std::size_t k_status_codes_max = 100;  // in one list
inline constexpr std::size_t k_forward_headers_max = 64;
inline constexpr std::size_t k_config_options_max = 64;  // of one target; as many as a virtual key's
inline constexpr std::size_t k_params_max = 256;  // of one override_params, default_params or drop_params
inline constexpr std::size_t k_config_patterns_max = 32;  // regular expressions in all
inline constexpr std::size_t k_conditions_max = 64;       // of one strategy
inline constexpr std::size_t k_hash_fields_max = 16;      // of one sticky
inline constexpr int k_retry_attempts_max = 5;
inline constexpr double k_weight_max = 1e9;
inline constexpr std::int64_t k_timeout_ms_max = 86'400'000;
inline constexpr std::int64_t k_max_age_s_max = 7'776'000;  // 90 days
inline constexpr std::int64_t k_cooldown_ms_min = 30'000;
inline constexpr std::int64_t k_cooldown_ms_max = 86'400'000;
inline constexpr std::int64_t k_sticky_ttl_s_max = 7'776'000;

// Top-level members of a body, in order: name and the value's JSON text, as the config has it.
using BodyMembers = std::vector<std::pair<std::string, std::string>>;

// How a body is changed before it goes out, in this order: default, override, drop.
struct BodyEdits {
  BodyMembers default_params;  // only where the body has no such member
  BodyMembers override_params;
  std::vector<std::string> drop_params;  // paths: `a.b`, `a[0].b`, `a[*].b`; never empty texts
  bool empty() const { return default_params.empty() && override_params.empty() && drop_params.empty(); }
  bool operator==(const BodyEdits&) const = default;
};

struct Retry {
  int attempts = 0;  // after the first call, at most k_retry_attempts_max; 0 turns an outer object's off
  std::optional<std::vector<int>> on_status_codes;  // none: 429, 500, 502, 503, 504, 529
  bool use_retry_after = false;
  bool operator==(const Retry&) const = default;
};

struct CacheRule {
  enum class Mode : std::uint8_t { simple, semantic } mode = Mode::simple;
  std::optional<std::int64_t> max_age_s;  // 1 to k_max_age_s_max
  bool operator==(const CacheRule&) const = default;
};

// Circuit breaker (reference 3.5). At least one of the two thresholds is there.
struct Breaker {
  std::optional<int> failure_threshold;                // failures, at least 1
  std::optional<double> failure_threshold_percentage;  // of the requests, above 0 to 100
  int minimum_requests = 0;                            // before the percentage counts
  std::int64_t cooldown_ms = k_cooldown_ms_min;
  std::vector<int> failure_status_codes;  // empty: 500 and above
  bool operator==(const Breaker&) const = default;
};

struct Sticky {
  std::vector<std::string> hash_fields;  // keys as in a Query: "metadata.user_id", …
  std::int64_t ttl_s = 3600;
  bool operator==(const Sticky&) const = default;
};

enum class Mode : std::uint8_t { single, loadbalance, fallback, conditional };

// A condition's query, as the tree that route/conditional.h walks.
struct Query {
  enum class Op : std::uint8_t { all_of, any_of, eq, ne, gt, gte, lt, lte, in, nin, regex };
  Op op = Op::all_of;
  std::string key;                  // "metadata.x", "params.x", "url.pathname"; "" of all_of and any_of
  std::vector<std::string> values;  // JSON text of the operand, or of each element of in and nin
  std::vector<Query> children;      // of all_of and any_of
  bool operator==(const Query&) const = default;
};

struct Condition {
  Query query;
  std::size_t then = 0;  // index of the target
  bool operator==(const Condition&) const = default;
};

// Settings that a target takes from the objects around it where it has none of its own (reference 2.2):
// already inherited in every Node. default_params and override_params are merged member by member, the inner
// one wins; drop_params add up; each of the others replaces the outer one's whole.
struct Inherited {
  BodyEdits edits;
  std::optional<Retry> retry;
  std::optional<CacheRule> cache;
  std::optional<std::int64_t> request_timeout_ms;  // 0: none, whatever the outer ones say
  std::string custom_host;
  std::optional<std::vector<std::string>> forward_headers;
  std::optional<bool> strict_open_ai_compliance;
  std::optional<Breaker> breaker;
  bool operator==(const Inherited&) const = default;
};

// One object of a config: a strategy over targets, or a target. A Node made without a config is the one
// target of a request that has none; making it allocates nothing.
struct Node {
  std::string path = "config";  // "config.targets[0].targets[2]"
  std::string name;
  double weight = 1;

  // The targets of a config are numbered from 0 in the order of its text; these are the node's own.
  std::uint16_t leaf_begin = 0;
  std::uint16_t leaf_end = 1;

  // A strategy; `targets` is empty for a target.
  Mode mode = Mode::single;
  std::vector<Node> targets;
  std::optional<std::vector<int>> on_status_codes;  // of a fallback; none: any status outside 200 to 299
  std::vector<Condition> conditions;
  std::optional<std::size_t> default_target;  // of a conditional: index of the target
  std::optional<Sticky> sticky;               // of a loadbalance

  // A target.
  std::string provider;  // slug, or "@name" of a virtual key; "" where the request is to say it
  Secret api_key;
  std::string virtual_key;  // id or name
  bool passthrough = false;
  std::string prompt_id;
  std::vector<std::pair<std::string, std::string>> options;  // by the names of config/provider_options.h

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
  // A slug that is a provider's, and whether a config of that provider needs a key.
  struct Provider {
    std::string_view slug;
    bool needs_key = true;
  };
  std::span<const Provider> providers;  // sorted by slug
  const TrustedHosts& trusted_hosts;
  // The request says by itself who is to answer: x-portkey-provider or x-portkey-virtual-key, a default
  // provider, or a model "@slug/name".
  bool provider_in_request = false;
  // Slugs that others know and pk does not offer: refused with that reason, not as a spelling mistake. May be
  // null.
  bool (*is_known_elsewhere)(std::string_view slug) = nullptr;
};

// Why a config is refused: HTTP 400 with these.
struct ConfigProblem {
  std::string message;              // "Invalid config passed", or a text of the reference's 2.3 or 3.4
  std::vector<std::string> errors;  // "path: strategy,mode, message: …", all at once; may be empty
};

// The config of a JSON text, inherited and ready to route by; or why not: `config` then means nothing.
// The checks 5 to 8 of the reference's 2.3, in that order; then, where all else is well, a conditional
// strategy's own (3.4), which the reference makes only when a request meets it.
//
// Beyond the reference: hooks, guardrails and mutators are refused by name at every depth. Keys may be
// camelCase, as the reference's own code reads them. The hosted product's ways to say enough count: a virtual
// key, `@slug`, prompt_id, passthrough, default_params, drop_params, override_params, and a provider that
// needs no key. Strategies that could never choose (no targets, weights of 0 in sum) are refused. Unknown
// keys pass.
struct ParsedConfig {
  GatewayConfig config;
  std::optional<ConfigProblem> problem;
};
ParsedConfig parse_gateway_config(std::string_view json, const ConfigRules& rules);

}  // namespace pk::config
