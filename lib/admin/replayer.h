// Sends a log's request again, for a route that sees neither gateway nor providers: behind it stands
// lib/replay, wired by serve.
#pragma once

#include <optional>
#include <string_view>

#include "admin/guard.h"
#include "admin/reply.h"
#include "base/task.h"
#include "http/handler.h"
#include "log/record.h"

namespace pk::admin {

// One worker's, on its thread.
class Replayer {
 public:
  virtual ~Replayer() = default;

  // Answers as the upstream does, streamed where it streams, with x-pk-log-id. `overrides`: the body of
  // POST /v1/logs/{id}/replay. A reply, where nothing was sent: why not; of what cannot be replayed 409 with
  // replay_blocked_by.
  virtual Task<std::optional<Reply>> replay(log::LogRecord original, std::string_view overrides,
                                            const Caller& caller, http::Responder& responder) = 0;
};

}  // namespace pk::admin
