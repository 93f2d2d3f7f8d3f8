#include "gateway/outbound.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "gateway/hop_headers.h"
#include "http/cookie.h"
#include "log/redact.h"
#include "provider/translation.h"

namespace pk::gateway {

namespace {

bool names(const http::Headers& headers, std::string_view name) {
  return http::find_header(headers, name).has_value();
}

// What a unified route takes along of the client's own headers, besides those to be forwarded.
bool is_provider_header(std::string_view name) {
  return iequals(name, "content-type") || iequals(name, "accept") || istarts_with(name, "openai-") ||
         istarts_with(name, "anthropic-");
}

// On passed-through routes everything else goes but what is for the gateway; keys travel as the provider
// wants them. Where the key is not the request's its credentials are not for this provider, whatever their
// name: they would give them away, and stand in the place of the one that is.
bool is_passed_through(std::string_view name, const Target& target) {
  return !istarts_with(name, "x-portkey-") && !iequals(name, "x-api-key") &&
         !iequals(name, "authorization") && (target.key_of_request || !log::is_secret_header(name));
}

// What belongs to this connection or to the transfer, our own keys, and the cookies of a browser that has
// logged in here: none of it goes on, though a client may name it to be forwarded.
bool stays_here(std::string_view name, std::string_view value, const HopNames& hop) {
  return hop.has(name) || iequals(name, "host") || iequals(name, "content-length") ||
         iequals(name, "expect") || iequals(name, "accept-encoding") ||
         (log::is_secret_header(name) && is_own_key(value)) ||
         (iequals(name, "cookie") && http::cookie_in(value, http::k_session_cookie));
}

// x-portkey-openai-organization → openai-organization, as the SDKs send it.
void append_mapped_headers(const http::Headers& from, http::Headers& to) {
  constexpr std::string_view prefix = "x-portkey-";
  for (const auto& [name, value] : from) {
    if (!istarts_with(name, prefix)) continue;
    const std::string_view bare = std::string_view(name).substr(prefix.size());
    const bool mapped = iequals(bare, "openai-organization") || iequals(bare, "openai-project") ||
                        iequals(bare, "openai-beta") || iequals(bare, "anthropic-version") ||
                        iequals(bare, "anthropic-beta");
    if (mapped && !names(to, bare)) to.emplace_back(ascii_lower(bare), value);
  }
}

// The same from a config or a virtual key.
void append_option_headers(const provider::ProviderOptions& options, http::Headers& to) {
  for (const auto& [name, value] : options) {
    if (!name.starts_with("openai_") && !name.starts_with("anthropic_")) continue;
    std::string header = name;
    std::replace(header.begin(), header.end(), '_', '-');
    if (!names(to, header)) to.emplace_back(std::move(header), value);
  }
}

// Of a client that signed for AWS: where we sign ourselves it is a part of no signature.
bool is_of_signature(std::string_view name) {
  return iequals(name, "x-amz-date") || iequals(name, "x-amz-security-token") ||
         iequals(name, "x-amz-content-sha256");
}

// The client's headers go before those that carry the key, of which none is doubled.
http::Headers headers_for(const Target& target, const Inbound& in, provider::WireRequest& wire,
                          std::size_t& own) {
  const bool proxy = in.endpoint == log::Endpoint::other;
  const bool we_sign = names(wire.headers, "x-amz-date");
  const HopNames hop(in.headers);
  http::Headers headers;
  headers.reserve(in.headers.size() + wire.headers.size());
  for (const auto& header : in.headers) {
    const std::string& name = header.first;
    const bool wanted = proxy ? is_passed_through(name, target) : is_provider_header(name);
    if (!wanted && !is_forwarded(name, in.options, target)) continue;
    // A body of our own making has a type of its own.
    if (!wire.body_is_clients && iequals(name, "content-type")) continue;
    if (we_sign && is_of_signature(name)) continue;
    if (!stays_here(name, header.second, hop)) headers.push_back(header);
  }
  append_mapped_headers(in.headers, headers);
  if (!target.options.empty()) append_option_headers(target.options, headers);
  // The body of a unified route was read as JSON, whatever the client forgot to say.
  if (!proxy && wire.body_is_clients && !names(headers, "content-type"))
    headers.emplace_back("Content-Type", "application/json");
  own = headers.size();
  for (auto& header : wire.headers)
    if (!names(headers, header.first)) headers.push_back(std::move(header));
  return headers;
}

Refusal refusal_of(const Error& error, const Target& target, log::Endpoint endpoint) {
  Refusal refusal;
  refusal.message = error.message;
  const bool not_offered =
      provider::translation_of(*target.provider, endpoint) == provider::Translation::not_offered;
  if (not_offered) {
    refusal.status = 500;
    refusal.gateway_exception = true;
  }
  return refusal;
}

// Where the target's own host was replaced by an option, the URL says what is trusted.
Result<config::Trust> trust_of(const Target& target, std::string_view url,
                               const config::TrustedHosts& trusted) {
  if (target.options.empty()) return target.host_trust;
  PK_ASSIGN(const config::HostPort host, config::host_of(url));
  return trusted.trust_of(host.host, host.port);
}

}  // namespace

bool is_forwarded(std::string_view name, const CallOptions& options, const Target& target) {
  const auto same = [name](std::string_view wanted) { return iequals(wanted, name); };
  if (!options.forward_headers.empty())
    return std::any_of(options.forward_headers.begin(), options.forward_headers.end(), same);
  const auto& listed = target.node->inherited.forward_headers;
  return listed && std::any_of(listed->begin(), listed->end(), same);
}

bool names_itself(const CallOptions& options) {
  return std::any_of(options.forward_headers.begin(), options.forward_headers.end(),
                     [](std::string_view name) { return iequals(name, "x-portkey-forward-headers"); });
}

std::optional<Refusal> make_outbound(const Target& target, const Inbound& in,
                                     const config::TrustedHosts& trusted, Outbound& out) {
  const provider::ClientCall call{*target.provider,
                                  in.endpoint,
                                  in.method,
                                  in.path,
                                  in.query,
                                  in.body,
                                  in.facts,
                                  target.custom_host,
                                  target.key_of_request ? in.options.key : std::string_view(target.key),
                                  target.options,
                                  in.now_ms};
  auto wire = provider::wire_request(call);
  if (!wire) return refusal_of(wire.error(), target, in.endpoint);
  out.wire = *std::move(wire);
  const auto trust = trust_of(target, out.wire.url, trusted);
  if (!trust) {
    Refusal refusal;
    refusal.message = "Invalid custom host";
    return refusal;
  }
  out.trust = *trust;
  out.wire.headers = headers_for(target, in, out.wire, out.own_headers);
  return {};
}

}  // namespace pk::gateway
