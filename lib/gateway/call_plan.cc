#include "gateway/call_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "gateway/hop_headers.h"
#include "gateway/single_config.h"
#include "log/redact.h"
#include "provider/target.h"

namespace pk::gateway {

namespace {

Refusal invalid(std::string message) {
  Refusal refusal;
  refusal.message = std::move(message);
  return refusal;
}

bool content_type_ok(std::string_view type) {
  return type.empty() || istarts_with(type, "application/json") ||
         istarts_with(type, "multipart/form-data") || istarts_with(type, "audio/");
}

std::optional<Refusal> find_provider(std::string_view slug, const provider::Provider*& found) {
  found = provider::find(slug);
  if (found) return {};
  if (provider::is_known_elsewhere(slug) || slug.starts_with('@'))
    return invalid(
        fmt::format("Invalid provider passed: '{}' is not offered by this version", visible(slug, false)));
  return invalid("Invalid provider passed");
}

// What each unified route takes along of the client's own headers, besides those that it names to be
// forwarded.
bool is_provider_header(std::string_view name) {
  return iequals(name, "content-type") || iequals(name, "accept") || istarts_with(name, "openai-") ||
         istarts_with(name, "anthropic-");
}

// What belongs to this connection or to the transfer, and our own keys: none of it goes on, though a client
// may name it to be forwarded.
bool stays_here(std::string_view name, std::string_view value, const HopNames& hop) {
  return hop.has(name) || iequals(name, "host") || iequals(name, "content-length") ||
         iequals(name, "expect") || iequals(name, "accept-encoding") ||
         (log::is_secret_header(name) && is_own_key(value));
}

// On passed-through routes everything else goes but what is for the gateway; keys travel as the provider
// wants them.
bool is_passed_through(std::string_view name) {
  return !istarts_with(name, "x-portkey-") && !iequals(name, "x-api-key") && !iequals(name, "authorization");
}

bool names(const http::Headers& headers, std::string_view name) {
  return http::find_header(headers, name).has_value();
}

// x-portkey-openai-organization → openai-organization, as the SDKs send it.
void append_mapped_headers(const http::Headers& from, http::Headers& to) {
  constexpr std::string_view prefix = "x-portkey-";
  for (const auto& [name, value] : from) {
    if (!istarts_with(name, prefix)) continue;
    const std::string bare = ascii_lower(std::string_view(name).substr(prefix.size()));
    const bool mapped = bare == "openai-organization" || bare == "openai-project" || bare == "openai-beta" ||
                        bare == "anthropic-version" || bare == "anthropic-beta";
    if (mapped && !names(to, bare)) to.emplace_back(bare, value);
  }
}

}  // namespace

std::optional<Refusal> plan_call(const CallOptions& options, log::Endpoint endpoint, const PlanRules& rules,
                                 CallPlan& plan) {
  if (endpoint != log::Endpoint::other && !content_type_ok(options.content_type))
    return invalid("Invalid content type passed");
  std::string_view slug = options.provider;
  if (slug.empty() && options.config.empty()) slug = rules.default_provider;
  if (slug.empty() && options.config.empty())
    return invalid("Either x-portkey-config or x-portkey-provider header is required");
  if (!slug.empty())
    if (auto refusal = find_provider(slug, plan.provider)) return refusal;
  if (!options.custom_host.empty() && !config::check_custom_host(options.custom_host, rules.trusted_hosts))
    return invalid("Invalid custom host");

  SingleConfig config;
  if (!options.config.empty())
    if (auto refusal = read_config(options.config, !slug.empty(), rules.trusted_hosts, config))
      return refusal;
  // The config's provider and key are used as a pair; header provider and key only where the config names
  // none.
  if (!config.provider.empty()) plan.provider = provider::find(config.provider);
  const auto names_itself = [](std::string_view name) { return iequals(name, "x-portkey-forward-headers"); };
  if (std::any_of(options.forward_headers.begin(), options.forward_headers.end(), names_itself))
    return invalid("forward_headers must not contain the 'x-portkey-forward-headers' header");

  plan.key = !config.api_key.empty() ? config.api_key : std::string(options.key);
  plan.custom_host = !options.custom_host.empty() ? std::string(options.custom_host) : config.custom_host;
  plan.request_timeout_ms =
      options.request_timeout_ms ? options.request_timeout_ms : config.request_timeout_ms;
  plan.forward_headers = config.forward_headers;
  if (!options.forward_headers.empty())
    plan.forward_headers.assign(options.forward_headers.begin(), options.forward_headers.end());
  return {};
}

std::optional<Refusal> outbound(const CallPlan& plan, const http::Request& request, log::Endpoint endpoint,
                                const provider::BodyFacts& facts, const PlanRules& rules, Outbound& out) {
  provider::Call call;
  call.endpoint = endpoint;
  call.path = request.path();
  call.query = request.query();
  call.custom_host = plan.custom_host;
  call.model = facts.model;
  call.user = facts.user;
  auto target = provider::resolve(*plan.provider, call);
  if (!target) {
    Refusal refusal = invalid(target.error().message);
    // An endpoint that the provider does not have: the reference's 500 with its exception mark.
    if (endpoint != log::Endpoint::other && provider::path_of(*plan.provider, endpoint).empty()) {
      refusal.status = 500;
      refusal.gateway_exception = true;
    }
    return refusal;
  }
  out.url = std::move(target->url);
  const auto host = config::host_of(out.url);
  if (!host) return invalid("Invalid custom host");
  out.trust = rules.trusted_hosts.trust_of(host->host, host->port);

  const bool proxy = endpoint == log::Endpoint::other;
  const HopNames hop(request.headers);
  for (const auto& [name_, value] : request.headers) {
    const std::string& name = name_;
    if (stays_here(name, value, hop)) continue;
    const bool forwarded = std::any_of(plan.forward_headers.begin(), plan.forward_headers.end(),
                                       [&](const std::string& wanted) { return iequals(wanted, name); });
    if (forwarded || (proxy ? is_passed_through(name) : is_provider_header(name)))
      out.headers.emplace_back(name, value);
  }
  append_mapped_headers(request.headers, out.headers);
  // The body of a unified route was read as JSON, whatever the client forgot to say.
  if (!proxy && !names(out.headers, "content-type"))
    out.headers.emplace_back("Content-Type", "application/json");
  for (auto& header : provider::auth_headers(*plan.provider, plan.key))
    if (!names(out.headers, header.first)) out.headers.push_back(std::move(header));
  return {};
}

}  // namespace pk::gateway
