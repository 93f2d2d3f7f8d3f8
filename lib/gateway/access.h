// Who may talk to the gateway while no API key exists: an exact list of Host names (against DNS rebinding),
// and from a browser only pages of the same origin. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/replies.h"
#include "http/message.h"

namespace pk::gateway {

// The names a Host header may have, lower case, without port: the listen address, localhost, loopback
// addresses, the host of public_url, and what --host-name adds.
struct AcceptedHosts {
  std::vector<std::string> names;
};

// 400 for a missing or unknown Host, 403 for a request that a page of another origin made. Neither gets a
// record.
std::optional<Refusal> check_access(const http::Request& request, const AcceptedHosts& hosts);

}  // namespace pk::gateway
