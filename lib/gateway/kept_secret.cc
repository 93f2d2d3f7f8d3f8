#include "gateway/kept_secret.h"

#include <algorithm>

#include "base/text.h"
#include "config/provider_options.h"

namespace pk::gateway {

namespace {

bool is_same_origin(std::string_view url, std::string_view other) {
  const auto left = config::host_of(url), right = config::host_of(other);
  return left && right && *left == *right && istarts_with(url, "https:") == istarts_with(other, "https:");
}

bool names_origin(const provider::ProviderOptions& options, std::string_view url) {
  return std::ranges::any_of(options, [url](const auto& option) {
    return config::is_host_option(option.first) && is_same_origin(url, option.second);
  });
}

bool is_trusted(const config::HostPort& host, const PlanRules& rules) {
  switch (rules.trusted_hosts.trust_of(host.host, host.port)) {
    case config::Trust::full:
      return true;
    case config::Trust::loopback:
      return !rules.saved->has_api_keys();
    case config::Trust::none:
      break;
  }
  return false;
}

bool is_keepers_host(const Target& target, std::string_view url, bool saved_config, const PlanRules& rules) {
  const auto host = config::host_of(url);
  if (!host) return false;
  if (is_trusted(*host, rules) || is_same_origin(url, target.provider->base_url)) return true;
  const config::VirtualKey* key = rules.saved->virtual_key(target.virtual_key);
  if (key && (is_same_origin(url, key->custom_host) || names_origin(key->options, url))) return true;
  const config::Node& node = *target.node;
  return saved_config && (is_same_origin(url, node.inherited.custom_host) || names_origin(node.options, url));
}

bool holds_secret(const provider::ProviderOptions& options) {
  return std::ranges::any_of(options, [](const auto& option) {
    return config::is_secret_option(option.first) && !option.second.empty();
  });
}

bool is_kept(const Target& target, bool saved_config) {
  if (!target.virtual_key.empty()) return true;
  return saved_config && (!target.key_of_request || holds_secret(target.node->options));
}

}  // namespace

std::optional<Refusal> guard_kept_secret(const Target& target, bool saved_config, const PlanRules& rules) {
  return is_kept(target, saved_config) ? guard_lent_secret(target, saved_config, rules) : std::nullopt;
}

std::optional<Refusal> guard_lent_secret(const Target& target, bool saved_config, const PlanRules& rules) {
  if (!target.provider || target.provider->built_in) return {};
  const auto strays = [&](std::string_view url) {
    return !url.empty() && !is_keepers_host(target, url, saved_config, rules);
  };
  const bool stray = strays(target.custom_host) || std::ranges::any_of(target.options, [&](const auto& one) {
                       return config::is_host_option(one.first) && strays(one.second);
                     });
  if (!stray) return {};
  Refusal refusal;
  refusal.message =
      "the custom host is not one that this key is kept for: give it to pk provider, or name it with "
      "--allow-upstream";
  return refusal;
}

}  // namespace pk::gateway
