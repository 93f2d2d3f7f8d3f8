// A record and its overrides, made ready to go through a gateway again: the request with its credentials, the
// config of then, the seed of its choices. Pure but for find_config.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gateway/gateway.h"
#include "gateway/replay.h"
#include "http/message.h"
#include "log/record.h"
#include "replay/credentials.h"
#include "replay/overrides.h"
#include "store/saved_rows.h"

namespace pk::replay {

// Where it is made ready.
struct Ground {
  std::shared_ptr<const gateway::Rules> rules;  // as they are now
  Environment environment;
  // A saved config by id or name, one version or the newest, as store::find_config() gives it.
  std::function<Result<std::optional<store::StoredConfig>>(std::string_view id_or_name,
                                                           std::optional<std::int64_t> version)>
      find_config;
};

struct Prepared {
  http::Request request;
  gateway::Replay replay;
  std::shared_ptr<const gateway::Rules> rules;  // with the config's version of then, where that is another
  std::vector<std::string> notes;               // what is not as it was, a line each, for people
};

// unauthorized: it cannot be replayed (blocked.h), or a credential is missing or not for its host. not_found:
// its config is not kept. invalid: the overrides do not make a request. upstream: the gateway would refuse
// it.
Result<Prepared> prepare(const log::LogRecord& record, const Overrides& overrides, const Ground& ground);

}  // namespace pk::replay
