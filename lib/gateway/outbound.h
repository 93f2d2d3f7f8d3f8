// What goes upstream for one target: the request in the provider's form, and which of the client's headers go
// along. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "gateway/options.h"
#include "gateway/plan.h"
#include "gateway/replies.h"
#include "http/message.h"
#include "provider/body.h"
#include "provider/dialect.h"

namespace pk::gateway {

// One request as the client made it.
struct Inbound {
  log::Endpoint endpoint = log::Endpoint::other;
  std::string_view method, path, query;
  const http::Headers& headers;  // as received, nothing masked
  const CallOptions& options;
  std::string_view body;             // with the target's edits
  const provider::BodyFacts& facts;  // of that body
  std::int64_t now_ms = 0;
};

struct Outbound {
  provider::WireRequest wire;
  config::Trust trust = config::Trust::none;  // of its host
  // How many of the wire's headers come from the client and the target's options: the first ones. The others
  // carry the key.
  std::size_t own_headers = 0;
};

// A refusal: 500 with the gateway's mark for an endpoint that the provider does not have, else 400.
std::optional<Refusal> make_outbound(const Target& target, const Inbound& in,
                                     const config::TrustedHosts& trusted, Outbound& out);

// Whether a header of the request goes along because the request, or else the target's config, names it. Of
// some (outbound.cc, stays_here) it does not even then.
bool is_forwarded(std::string_view name, const CallOptions& options, const Target& target);

// Whether the request's list of headers to forward names that list itself (the reference's check 9).
bool names_itself(const CallOptions& options);

}  // namespace pk::gateway
