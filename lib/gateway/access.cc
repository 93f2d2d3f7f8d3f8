#include "gateway/access.h"

#include <algorithm>

#include "base/text.h"

namespace pk::gateway {

namespace {

Refusal counted(int status, std::string message) {
  Refusal refusal;
  refusal.status = status;
  refusal.message = std::move(message);
  refusal.counted_only = true;
  return refusal;
}

// "[::1]:8787" → "::1", "localhost:8787" → "localhost"; "" for what is no host and port.
std::string_view name_in(std::string_view host) {
  const bool bracketed = host.starts_with('[');
  const auto end = std::min(host.find(bracketed ? ']' : ':'), host.size());
  if (bracketed && end == host.size()) return {};
  const std::string_view port = host.substr(bracketed ? end + 1 : end);
  if (!port.empty() && (port[0] != ':' || port.find_first_not_of("0123456789", 1) != std::string_view::npos))
    return {};
  return host.substr(bracketed ? 1 : 0, bracketed ? end - 1 : end);
}

}  // namespace

std::optional<Refusal> check_access(const http::Request& request, const AcceptedHosts& hosts, Links links) {
  const auto host = http::find_header(request.headers, "host");
  if (!host || host->empty()) return counted(400, "the Host header is missing");
  const std::string name = ascii_lower(name_in(*host));
  if (std::find(hosts.names.begin(), hosts.names.end(), name) == hosts.names.end())
    return counted(400,
                   "the Host '" + visible(*host, false) + "' is not served here; add it with --host-name");

  if (links == Links::welcome && (request.method == "GET" || request.method == "HEAD")) return {};
  // Any method: each of them is a call to a provider. A browser leaves Origin out of a plain GET, and says
  // where it comes from all the same.
  const auto origin = http::find_header(request.headers, "origin");
  const auto site = http::find_header(request.headers, "sec-fetch-site");
  const auto scheme = origin ? origin->find("://") : std::string_view::npos;
  const bool same_origin =
      !origin || (scheme != std::string_view::npos && iequals(origin->substr(scheme + 3), *host));
  const bool same_site = !site || iequals(*site, "same-origin") || iequals(*site, "none");
  if (!same_origin || !same_site) return counted(403, "a page of another origin may not call the gateway");
  return {};
}

const config::ApiKey* find_key(std::string_view secret, std::string_view session_key,
                               const config::Saved& saved) {
  if (!secret.empty()) return saved.api_key(config::key_hash(secret));
  return session_key.empty() ? nullptr : saved.api_key_of(session_key);
}

std::optional<Refusal> check_key(std::string_view secret, const config::Saved& saved, config::Scope scope,
                                 const config::ApiKey*& key, std::string_view session_key) {
  constexpr int k_unauthorized = 401, k_forbidden = 403;
  key = find_key(secret, session_key, saved);
  if (!key) {
    Refusal refusal = counted(
        k_unauthorized, secret.empty() ? "an API key of pk is needed: send it as x-portkey-api-key, or as "
                                         "the Bearer token of Authorization; pk key add makes one"
                                       : "the API key is not known here; pk key list shows those there are");
    refusal.type = "authentication_error";
    return refusal;
  }
  if (key->may(scope)) return {};
  Refusal refusal =
      counted(k_forbidden, "the API key has no scope '" + std::string(config::slug(scope)) + "'");
  refusal.type = "permission_error";
  return refusal;
}

}  // namespace pk::gateway
