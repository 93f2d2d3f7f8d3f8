// What a request's headers come to: a config to route by, and for each of its targets who is to be asked and
// with what. The validation of the reference, section 2.3, in its order. Pure, and the same for every request
// with the same headers: plan_cache.h keeps it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/gateway_config.h"
#include "config/saved.h"
#include "config/upstream_guard.h"
#include "gateway/options.h"
#include "gateway/prompt_call.h"
#include "gateway/replies.h"
#include "log/redact.h"
#include "provider/dialect.h"
#include "provider/table.h"

namespace pk::gateway {

// The operator's part in the plan; one value, made at start and when settings or saved things change.
struct PlanRules {
  PlanRules();

  config::TrustedHosts trusted_hosts;
  std::string default_provider;                          // for clients that name none; "" = they are refused
  std::string default_config;                            // "" or "pc-…"; goes before the provider
  std::shared_ptr<const config::Saved> saved;            // never null
  std::vector<config::ConfigRules::Provider> providers;  // as a config may name them
};

// The request's part: headers as they came, "" for those that did not.
struct PlanAsk {
  std::string_view provider;                          // x-portkey-provider
  std::string_view virtual_key;                       // x-portkey-virtual-key
  std::string_view config;                            // x-portkey-config
  std::string_view custom_host;                       // x-portkey-custom-host
  std::string_view model_slug;                        // of a model "@slug/name": "slug"
  std::string_view default_provider, default_config;  // of the API key
  // The provider or virtual key are those of the prompt that is called, under a config of the request.
  bool named_by_prompt = false;
  bool strict_off = false;                 // x-portkey-strict-open-ai-compliance: false
  provider::ProviderOptions options = {};  // x-portkey-azure-…, -aws-…, …

  // Whether the request, or its prompt, says by itself who is to be asked.
  bool names_provider() const { return !provider.empty() || !virtual_key.empty(); }
};

// What the headers of a request ask for, whose body names `model`; the caller's defaults are not in it.
PlanAsk plan_ask(const CallOptions& options, std::string_view model);

inline constexpr std::size_t k_config_key_bytes = 16;

// A leaf of the config, made out.
struct Target {
  const config::Node* node = nullptr;
  const provider::Provider* provider = nullptr;  // null: it cannot be asked, `refusal` says why
  std::string virtual_key;                       // its id
  std::string key;
  // The key is the request's own (Authorization). It is for the provider that the request names; where it
  // names none, for the one that the config names without a key, if that is one.
  bool key_of_request = false;
  std::string custom_host;
  config::Trust host_trust = config::Trust::none;  // of the custom host, or of the provider's own
  provider::ProviderOptions options;
  std::string model_slug;  // it was found by the model's "@slug/", which does not go on
  bool strict = true;
  std::shared_ptr<const CalledPrompt> prompt;  // of prompt_id: what is sent is that, rendered; else null
  std::optional<Refusal> refusal;
};

// Shared by the requests of one worker that have the same headers; neither copied nor moved: it points into
// itself.
struct Plan {
  Plan() = default;
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  std::shared_ptr<const config::Saved> saved;
  config::GatewayConfig own;  // of the headers; unused where `root` is a saved one's
  const config::Node* root = nullptr;
  std::vector<Target> targets;  // by leaf
  std::string config_id;        // of a saved config, else ""
  std::int64_t config_version = 0;
  // Tells configs apart (route/breaker.h): a hash of a saved one's id and version, or of the text; "" if
  // there is none.
  std::string config_key;
  log::Masked config_header;             // x-portkey-config as it came and as it is kept
  std::vector<std::string_view> params;  // what the config may ask the body for: route/facts.h

  // Nothing to decide: one target, asked once.
  bool is_plain() const { return root->is_target() && !root->inherited.retry; }
};

// Checks 2 to 9 of the reference. A refusal's message is the reference's.
using PlanOrRefusal = std::variant<std::shared_ptr<const Plan>, Refusal>;
PlanOrRefusal make_plan(const PlanAsk& ask, const PlanRules& rules);

// Check 1: application/json, multipart/form-data, audio/*, or none.
bool content_type_ok(std::string_view type);

}  // namespace pk::gateway
