// Who may talk to the gateway: an exact list of Host names (against DNS rebinding), from a browser only pages
// of the same origin, and once API keys exist only who has one. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/saved.h"
#include "gateway/replies.h"
#include "http/message.h"

namespace pk::gateway {

// The names a Host header may have, lower case, without port: the listen address, localhost, loopback
// addresses, the host of public_url, and what --host-name adds.
struct AcceptedHosts {
  std::vector<std::string> names;
};

// Whether pages of other origins may lead to a path by a link: to what shows and does nothing by itself.
enum class Links { refused, welcome };

// 400 for a missing or unknown Host, 403 for a request that a page of another origin made. Neither gets a
// record. Where links are `welcome` a GET or HEAD may come from anywhere.
std::optional<Refusal> check_access(const http::Request& request, const AcceptedHosts& hosts,
                                    Links links = Links::refused);

// 401 without an API key or with one that is none of ours, 403 for one without the scope. Neither gets a
// record. `key` is what it turned out to be, null while that is unknown; it lives as long as `saved`.
// `session_key` is the id of the one that a session of the page stands for, "" if there is none: it counts
// where there is no secret.
std::optional<Refusal> check_key(std::string_view secret, const config::Saved& saved, config::Scope scope,
                                 const config::ApiKey*& key, std::string_view session_key = {});
// Null if none of ours is meant.
const config::ApiKey* find_key(std::string_view secret, std::string_view session_key,
                               const config::Saved& saved);

}  // namespace pk::gateway
