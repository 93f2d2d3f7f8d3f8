// Where a secret may go that somebody keeps for others to use: who may use it may not read it. Pure.
//
// Kept are a virtual key's secrets and those of a saved config: its api_key, and secrets among its options
// (azure_ad_token, aws_secret_access_key …), also where the request brings the key beside them.
//
// A kept secret goes to hosts that its keeper named and to no other, whoever names them: the provider's own
// address; the custom host and the host options of the virtual key or of the saved config; what
// --allow-upstream names. Loopback, which every listener on this machine can be, is none of them by itself
// once there are API keys; without any, whoever is on this machine may ask the ledger itself.
//
// Where the keeper named no provider (a saved config without one, or with passthrough) the request names it,
// and the rule is the same: the key goes to that provider's own address, never to a host of the request's.
// Which provider sees the key is then the request's choice; that it is read by who sent the request is not.
#pragma once

#include <optional>

#include "gateway/plan.h"

namespace pk::gateway {

// Why the target may not be asked, or nothing. `target` is made out but for this; `saved_config`: its node is
// of a saved config, not of the request's.
std::optional<Refusal> guard_kept_secret(const Target& target, bool saved_config, const PlanRules& rules);
// The same of a target that is about to be given a kept secret: a replay's, from the environment.
std::optional<Refusal> guard_lent_secret(const Target& target, bool saved_config, const PlanRules& rules);

}  // namespace pk::gateway
