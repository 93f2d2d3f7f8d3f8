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

// "[::1]:8787" → "::1", "localhost:8787" → "localhost".
std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

}  // namespace

std::optional<Refusal> check_access(const http::Request& request, const AcceptedHosts& hosts) {
  const auto host = http::find_header(request.headers, "host");
  if (!host || host->empty()) return counted(400, "the Host header is missing");
  const std::string name = ascii_lower(without_port(*host));
  if (std::find(hosts.names.begin(), hosts.names.end(), name) == hosts.names.end())
    return counted(400,
                   "the Host '" + visible(*host, false) + "' is not served here; add it with --host-name");

  const auto origin = http::find_header(request.headers, "origin");
  if (!origin || request.method == "GET" || request.method == "HEAD") return {};
  const auto scheme = origin->find("://");
  const bool same = scheme != std::string_view::npos && iequals(origin->substr(scheme + 3), *host);
  if (!same) return counted(403, "a page of another origin may not call the gateway");
  return {};
}

}  // namespace pk::gateway
