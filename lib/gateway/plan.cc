#include "gateway/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json_reader.h"
#include "base/text.h"
#include "config/provider_options.h"
#include "gateway/kept_secret.h"
#include "route/facts.h"

namespace pk::gateway {

namespace {

Refusal invalid(std::string message) {
  Refusal refusal;
  refusal.message = std::move(message);
  return refusal;
}

std::optional<Refusal> check_provider(std::string_view slug, const PlanRules& rules) {
  if (slug.starts_with('@')) {
    if (rules.saved->virtual_key(slug.substr(1))) return {};
    return invalid(
        fmt::format("Invalid provider passed: there is no virtual key '{}'", visible(slug.substr(1), false)));
  }
  if (provider::find(slug)) return {};
  if (provider::is_known_elsewhere(slug))
    return invalid(
        fmt::format("Invalid provider passed: '{}' is not offered by this version", visible(slug, false)));
  return invalid("Invalid provider passed");
}

// ---- the config ----

// Short, for it is hashed again for each target that has a breaker or sticks. A text begins with "{", an id
// does not.
std::string config_key(std::string_view text) {
  const config::KeyHash hash = config::key_hash(text);
  return {reinterpret_cast<const char*>(hash.data()), k_config_key_bytes};
}

std::optional<Refusal> take_saved(std::string_view id, Plan& plan) {
  const config::SavedConfig* saved = plan.saved->config(id);
  if (!saved)
    return invalid(fmt::format("Invalid config passed. There is no saved config '{}'", visible(id, false)));
  plan.root = &saved->config.root;
  plan.config_id = saved->id;
  plan.config_version = saved->version;
  plan.config_key = config_key(fmt::format("{} {}", saved->id, saved->version));
  return {};
}

std::optional<Refusal> take_config(std::string_view text, const PlanAsk& ask, const PlanRules& rules,
                                   Plan& plan) {
  if (text.starts_with("pc-")) return take_saved(text, plan);
  const config::ConfigRules config_rules{
      rules.providers, rules.trusted_hosts,
      ask.names_provider() || !ask.model_slug.empty() || !ask.default_provider.empty(),
      provider::is_known_elsewhere};
  config::ParsedConfig parsed = config::parse_gateway_config(text, config_rules);
  if (parsed.problem) {
    Refusal refusal = invalid(std::move(parsed.problem->message));
    refusal.errors = std::move(parsed.problem->errors);
    return refusal;
  }
  plan.own = std::move(parsed.config);
  plan.root = &plan.own.root;
  plan.config_key = config_key(text);
  return {};
}

// ---- targets ----

// "slug" of a model "@slug/name".
std::string_view slug_of_model(std::string_view model) {
  const auto slash = model.find('/');
  return model.starts_with('@') && slash != std::string_view::npos ? model.substr(1, slash - 1)
                                                                   : std::string_view();
}

// "slug" of a member "model":"@slug/name".
std::string slug_of_member(const config::BodyMembers& members) {
  for (const auto& [name, value] : members)
    if (name == "model" && value.starts_with("\"@")) {
      const std::string model = json_unquoted(value);
      if (const auto slug = slug_of_model(model); !slug.empty()) return std::string(slug);
    }
  return "";
}

// In a config's own override of the model.
std::string overridden_slug(const config::Node& node) {
  return slug_of_member(node.inherited.edits.override_params);
}

void take_prompt(Target& target, std::string_view reference, const config::Saved& saved) {
  PromptOrRefusal found = find_target_prompt(saved, reference);
  if (auto* refusal = std::get_if<Refusal>(&found))
    target.refusal = std::move(*refusal);
  else
    target.prompt = std::get<std::shared_ptr<const CalledPrompt>>(std::move(found));
}

struct Named {
  std::string_view provider, virtual_key;
};

// Whom the target itself names, or, where it names nobody, its prompt.
Named named_by(const Target& target) {
  const config::Node& node = *target.node;
  const bool names = !node.provider.empty() || !node.virtual_key.empty();
  if (names || !target.prompt) return {node.provider, node.virtual_key};
  return {target.prompt->value.provider, target.prompt->value.virtual_key};
}

void set_options(Target& target, const provider::ProviderOptions& more) {
  for (const auto& [name, value] : more)
    if (provider::option(target.options, name).empty()) target.options.emplace_back(name, value);
}

void use_virtual_key(Target& target, std::string_view name, const config::Saved& saved) {
  const config::VirtualKey* key = saved.virtual_key(name);
  if (!key) {
    target.refusal = invalid(fmt::format(
        "there is no virtual key '{}'; pk provider list shows those there are", visible(name, false)));
    return;
  }
  target.virtual_key = key->id;
  if (key->archived) {
    target.refusal = invalid(fmt::format("the virtual key '{}' is archived", visible(key->name, false)));
    return;
  }
  target.provider = provider::find(key->provider);
  if (!target.provider)
    target.refusal = invalid(fmt::format(
        "the virtual key '{}' is of a provider that this version does not offer", visible(key->name, false)));
  target.key = key->secret.reveal();
  if (target.custom_host.empty()) target.custom_host = key->custom_host;
  set_options(target, key->options);
}

// A target that names a provider, and nobody's key.
bool is_keyless(const config::Node& node) {
  return node.is_target() && !node.passthrough && !node.provider.empty() && !node.provider.starts_with('@') &&
         node.virtual_key.empty() && node.api_key.empty();
}

// False where two are named.
bool find_keyless(const config::Node& node, std::string_view& provider) {
  if (is_keyless(node)) {
    if (!provider.empty() && provider != node.provider) return false;
    provider = node.provider;
  }
  return std::ranges::all_of(node.targets,
                             [&](const config::Node& below) { return find_keyless(below, provider); });
}

// Whether a target may leave it to the request who is asked.
bool leaves_open(const config::Node& node) {
  if (node.is_target()) return node.passthrough || (node.provider.empty() && node.virtual_key.empty());
  return std::ranges::any_of(node.targets, leaves_open);
}

// Whom the request's key is for, where it goes to a provider that the config names; "" for none. One that was
// sent for one provider is no other's to see: neither is one that a target has by the prompt.
std::string_view provider_of_key(const PlanAsk& ask, const config::Node& root) {
  if (ask.names_provider() && !ask.named_by_prompt) return ask.provider;
  const bool by_prompt = ask.virtual_key.empty() && !ask.provider.starts_with('@') && leaves_open(root);
  std::string_view provider = by_prompt ? ask.provider : std::string_view();
  return find_keyless(root, provider) ? provider : std::string_view();
}

// Who says who is to be asked, in this order: the target, the request's headers, the model, the default.
void find_provider(Target& target, const PlanAsk& ask, std::string_view key_for, const PlanRules& rules) {
  const config::Node& node = *target.node;
  const Named named = named_by(target);
  const bool by_request = node.passthrough || (named.provider.empty() && named.virtual_key.empty());
  std::string_view slug = by_request ? ask.provider : named.provider;
  std::string_view virtual_key = by_request ? ask.virtual_key : named.virtual_key;
  if (slug.empty() && virtual_key.empty()) {
    target.model_slug = overridden_slug(node);
    if (target.model_slug.empty() && target.prompt)
      target.model_slug = slug_of_member(target.prompt->value.members);
    if (target.model_slug.empty()) target.model_slug = ask.model_slug;
    virtual_key = target.model_slug;
  }
  if (slug.empty() && virtual_key.empty() && by_request) slug = ask.default_provider;
  if (slug.starts_with('@') && virtual_key.empty()) virtual_key = std::exchange(slug, {}).substr(1);
  if (!virtual_key.empty()) return use_virtual_key(target, virtual_key, *rules.saved);
  target.provider = provider::find(slug);
  if (!target.provider)
    target.refusal = invalid(slug.empty() ? "the target names no provider, and the request neither"
                                          : fmt::format("there is no provider '{}'", visible(slug, false)));
  target.key = node.api_key.reveal();
  target.key_of_request =
      target.key.empty() && (by_request || (is_keyless(node) && node.provider == key_for));
  if (by_request) set_options(target, ask.options);
}

config::Trust host_trust(const Target& target, const PlanRules& rules) {
  const std::string_view base = !target.custom_host.empty() ? std::string_view(target.custom_host)
                                : target.provider           ? target.provider->base_url
                                                            : std::string_view();
  const auto host = config::host_of(base);
  return host ? rules.trusted_hosts.trust_of(host->host, host->port) : config::Trust::none;
}

Target make_target(const config::Node& node, const PlanAsk& ask, std::string_view key_for, bool saved_config,
                   const PlanRules& rules) {
  Target target;
  target.node = &node;
  target.options = node.options;
  target.custom_host = ask.custom_host.empty() ? node.inherited.custom_host : std::string(ask.custom_host);
  target.strict = !ask.strict_off && node.inherited.strict_open_ai_compliance.value_or(true);
  if (!node.prompt_id.empty()) take_prompt(target, node.prompt_id, *rules.saved);
  if (!target.refusal) find_provider(target, ask, key_for, rules);
  if (!target.refusal) target.refusal = guard_kept_secret(target, saved_config, rules);
  target.host_trust = host_trust(target, rules);
  return target;
}

void add_targets(const config::Node& node, const PlanAsk& ask, std::string_view key_for,
                 const PlanRules& rules, Plan& plan) {
  if (node.is_target())
    plan.targets.push_back(make_target(node, ask, key_for, !plan.config_id.empty(), rules));
  for (const config::Node& below : node.targets) add_targets(below, ask, key_for, rules, plan);
}

// Whether nobody says who is to be asked.
bool names_nothing(const PlanAsk& ask) {
  return ask.config.empty() && !ask.names_provider() && ask.model_slug.empty();
}

// Of the request alone: what a config says was looked at with it.
bool names_good_hosts(const PlanAsk& ask, const PlanRules& rules) {
  const auto is_good = [&](std::string_view url) {
    return url.empty() || config::check_custom_host(url, rules.trusted_hosts);
  };
  return is_good(ask.custom_host) && std::ranges::all_of(ask.options, [&](const auto& option) {
           return !config::is_host_option(option.first) || is_good(option.second);
         });
}

// Defaults are for clients that say nothing: the key's go before the settings', configs before providers.
PlanAsk with_defaults(PlanAsk ask, const PlanRules& rules) {
  const bool key_has_one = !ask.default_config.empty() || !ask.default_provider.empty();
  if (!key_has_one) ask.default_config = rules.default_config;
  if (ask.default_provider.empty()) ask.default_provider = rules.default_provider;
  // What only looks like "@slug/name", as OpenRouter's "@preset/name" does, is the default's to know.
  const bool any = !ask.default_config.empty() || !ask.default_provider.empty();
  if (any && !rules.saved->virtual_key(ask.model_slug)) ask.model_slug = {};
  if (!names_nothing(ask)) return ask;
  ask.config = ask.default_config;
  if (ask.config.empty()) ask.provider = ask.default_provider;
  return ask;
}

}  // namespace

PlanRules::PlanRules() : saved(std::make_shared<config::Saved>()) {
  for (const provider::Provider& one : provider::all()) providers.push_back({one.slug, one.needs_key});
}

PlanAsk plan_ask(const CallOptions& options, std::string_view model) {
  PlanAsk ask;
  ask.provider = options.provider;
  ask.virtual_key = options.virtual_key;
  ask.config = options.config;
  ask.custom_host = options.custom_host;
  ask.model_slug = slug_of_model(model);
  ask.strict_off = options.strict_off;
  ask.options = options.provider_options;
  return ask;
}

bool content_type_ok(std::string_view type) {
  return type.empty() || istarts_with(type, "application/json") ||
         istarts_with(type, "multipart/form-data") || istarts_with(type, "audio/");
}

PlanOrRefusal make_plan(const PlanAsk& asked, const PlanRules& rules) {
  const PlanAsk ask = with_defaults(asked, rules);
  if (names_nothing(ask)) return invalid("Either x-portkey-config or x-portkey-provider header is required");
  if (!ask.provider.empty())
    if (auto refusal = check_provider(ask.provider, rules)) return *std::move(refusal);
  if (!names_good_hosts(ask, rules)) return invalid("Invalid custom host");

  auto plan = std::make_shared<Plan>();
  plan->saved = rules.saved;
  plan->root = &plan->own.root;
  if (!asked.config.empty()) plan->config_header = log::mask_config(asked.config);
  if (!ask.config.empty())
    if (auto refusal = take_config(ask.config, ask, rules, *plan)) return *std::move(refusal);
  plan->params = route::param_names(*plan->root);
  add_targets(*plan->root, ask, provider_of_key(ask, *plan->root), rules, *plan);
  return std::shared_ptr<const Plan>(std::move(plan));
}

}  // namespace pk::gateway
