// Where a replay's credentials come from: the log has only masks. Those of virtual keys and saved configs are
// there already; the request's own, and what an inline config or a header said, are lent by the environment,
// under the name that the provider's tools know (provider/key_variables.h). A lent key goes to the provider's
// own address and to hosts that the operator named, never to another that a log or a file names. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "gateway/plan.h"
#include "http/message.h"

namespace pk::replay {

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

struct Lending {
  const gateway::PlanRules& rules;
  const Environment& environment;
  std::string_view model;  // of the body
  bool had_key = false;    // the original brought a provider's key
};

// Puts them into the request's headers. unauthorized naming the variables that are missing, or the host that
// is not to have them; upstream where the request cannot be planned at all, in the gateway's words.
Result<void> lend_credentials(http::Request& request, const Lending& lending);

}  // namespace pk::replay
